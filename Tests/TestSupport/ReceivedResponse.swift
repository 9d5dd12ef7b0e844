/// An answer as a client reads it, by rules of its own.
public struct ReceivedResponse: Equatable, Sendable {
    public var status: Int
    /// By name in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }

    public enum Malformed: Error { case head, chunk, truncated }

    /// Reads all of `bytes` as answers, the first to a HEAD if `isHead`.
    public static func all(in bytes: [UInt8], isHead: Bool = false) throws -> [ReceivedResponse] {
        var responses: [ReceivedResponse] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let isFirst = !responses.contains { $0.status >= 200 }
            responses.append(try next(&rest, isHead: isHead && isFirst))
        }
        return responses
    }

    private static func next(
        _ rest: inout ArraySlice<UInt8>, isHead: Bool
    ) throws -> ReceivedResponse {
        guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Malformed.head }
        let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(
            separator: "\r\n")
        rest = rest[end.upperBound...]
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "),
            let status = Int(first.dropFirst(9).prefix(3))
        else { throw Malformed.head }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ": ", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1]) : ""
        }
        var response = ReceivedResponse(status: status, headers: headers, body: [])
        if isHead || status < 200 || status == 204 || status == 304 { return response }
        if headers["transfer-encoding"] == "chunked" {
            response.body = try chunks(&rest)
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            guard rest.count >= length else { throw Malformed.truncated }
            response.body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        } else {
            response.body = Array(rest)
            rest = []
        }
        return response
    }

    private static func chunks(_ rest: inout ArraySlice<UInt8>) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            guard let end = rest.firstRange(of: [13, 10]),
                let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
            else { throw Malformed.truncated }
            rest = rest[end.upperBound...]
            guard rest.count >= size + 2 else { throw Malformed.truncated }
            body += rest.prefix(size)
            guard rest.dropFirst(size).starts(with: [13, 10]) else { throw Malformed.chunk }
            rest = rest.dropFirst(size + 2)
            if size == 0 { return body }
        }
    }
}
