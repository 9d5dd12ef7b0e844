import Crypto
import HTTP
import Synchronization

/// Decides who may call what, by the keys of the configuration.
final class Gatekeeper: Sendable {
    private let keys: Mutex<[APIKey]>

    init(_ keys: [APIKey]) { self.keys = Mutex(keys) }

    /// Puts other keys in the place of all there are.
    func replace(_ keys: [APIKey]) { self.keys.withLock { $0 = keys } }

    /// Whose request it is.
    ///
    /// Every key is compared, and each by its hash in constant time, so that how long an answer
    /// takes says nothing about how nearly a guess was right.
    /// - Returns: the key; nil where nobody needs one.
    /// - Throws: `APIError` 401 without a known key, 403 without the scope.
    func caller(_ head: HTTPRequestHead, for access: Route.Access) throws(APIError) -> APIKey? {
        guard case .scope(let scope) = access else { return nil }
        let keys = keys.withLock { $0 }
        guard !keys.isEmpty else { return nil }
        var match: APIKey?
        if let presented = Self.bearer(head), let hash = try? SHA256Digest(hashing: presented) {
            for key in keys where key.hash == hash { match = key }
        }
        guard let match else {
            throw APIError(
                401,
                "this server asks for a key; send the header \"Authorization: Bearer <key>\"",
                code: "invalid_api_key")
        }
        guard match.scopes.contains(scope) else {
            throw APIError(
                403, "this key has not the scope \"\(scope.rawValue)\"", code: "missing_scope")
        }
        return match
    }

    private static func bearer(_ head: HTTPRequestHead) -> String? {
        let values = head.headers.all("Authorization")
        guard values.count == 1 else { return nil }
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}

extension APIKey {
    /// Whether the key opens a model.
    func opens(_ model: String) -> Bool { models?.contains(model) ?? true }
}
