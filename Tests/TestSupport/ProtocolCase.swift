import Foundation

/// One line of `Fixtures/http/cases.jsonl`: bytes to send, and what may come back.
public struct ProtocolCase: Decodable, Sendable, CustomStringConvertible {
    /// A status, or "close" for a connection that is closed without a word.
    public enum Outcome: Equatable, Sendable, Decodable {
        case status(Int)
        case close

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let status = try? container.decode(Int.self) {
                self = .status(status)
            } else {
                self = .close
            }
        }
    }

    public var name: String
    public var raw: String
    public var expect: [Outcome]
    public var why: String
    public var level: String
    public var close: Bool?
    public var maxResp: Int?
    public var minResp: Int?
    public var head: Bool?
    public var dribble: [Double]?
    public var hold: String?
    public var sendAfter100: String?
    public var needHeader: String?
    public var no1xx: Bool?

    private enum CodingKeys: String, CodingKey {
        case name, raw, expect, why, level, close, head, dribble, hold
        case maxResp = "max_resp"
        case minResp = "min_resp"
        case sendAfter100 = "send_after_100"
        case needHeader = "need_header"
        case no1xx = "no_1xx"
    }

    public var description: String { name }

    public var bytes: [UInt8] { Self.unescaped(raw) }

    /// Those that the HTTP room alone must pass, and that need no waiting.
    public static func quick() throws -> [ProtocolCase] {
        try all().filter { $0.level != "app" && $0.hold == nil }
    }

    /// Those about what the requests mean.
    public static func ofApplication() throws -> [ProtocolCase] {
        try all().filter { $0.level == "app" }
    }

    private static func all() throws -> [ProtocolCase] {
        try String(contentsOf: fixture("http/cases.jsonl"), encoding: .utf8)
            .split(separator: "\n")
            .map { try JSONDecoder().decode(ProtocolCase.self, from: Data($0.utf8)) }
    }

    /// Expands `${rep:UNIT:N}`, then the escapes `\r`, `\n`, `\t`, `\\` and `\xHH`.
    public static func unescaped(_ raw: String) -> [UInt8] {
        let expanded = raw.replacing(/\$\{rep:(.*?):(\d+)\}/.dotMatchesNewlines()) {
            String(repeating: String($0.1), count: Int($0.2) ?? 0)
        }
        var bytes: [UInt8] = []
        var rest = Array(expanded.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(escape)
            }
        }
        return bytes
    }
}
