import HTTP

/// The routes by their paths.
struct RouteTable: Sendable {
    /// What there is at a path.
    struct Match: Sendable {
        /// As the routes have it.
        let path: String
        let routes: [Route]
        /// What stands where that has `{key}`.
        let key: String

        /// How its dialect says an error.
        func refusal(_ error: APIError) -> HTTPResponse {
            routes.first?.refusal(error) ?? error.response
        }
    }

    private let plain: [String: [Route]]
    private let withKey: [(parts: [Substring], routes: [Route])]

    init(_ routes: [Route]) {
        let byPath = Dictionary(grouping: routes, by: \.path)
        plain = byPath.filter { !$0.key.contains("{key}") }
        withKey = byPath.filter { $0.key.contains("{key}") }
            .map { (Self.parts($0.key[...]), $0.value) }
    }

    func find(_ path: String) -> Match? {
        if let routes = plain[path] {
            guard let first = routes.first, first.isPresent() else { return nil }
            return Match(path: path, routes: routes, key: "")
        }
        let parts = Self.parts(path[...])
        for (wanted, routes) in withKey where wanted.count == parts.count {
            let pairs = zip(wanted, parts)
            guard pairs.allSatisfy({ $0 == $1 || $0 == "{key}" && !$1.isEmpty }) else { continue }
            let key = pairs.first { $0.0 == "{key}" }.map { String($0.1) } ?? ""
            return Match(path: routes.first?.path ?? "", routes: routes, key: key)
        }
        return nil
    }

    private static func parts(_ path: Substring) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
