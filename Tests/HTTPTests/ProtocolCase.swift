import Foundation
import TestSupport

/// One line of `Fixtures/http/cases.jsonl`: bytes to send, and what may come back.
struct ProtocolCase: Decodable, Sendable, CustomStringConvertible {
    /// A status, or "close" for a connection that is closed without a word.
    enum Outcome: Equatable, Sendable, Decodable {
        case status(Int)
        case close

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let status = try? container.decode(Int.self) {
                self = .status(status)
            } else {
                self = .close
            }
        }
    }

    var name: String
    var raw: String
    var expect: [Outcome]
    var why: String
    var level: String
    var close: Bool?
    var maxResp: Int?
    var minResp: Int?
    var head: Bool?
    var dribble: [Double]?
    var hold: String?
    var sendAfter100: String?
    var needHeader: String?
    var no1xx: Bool?

    enum CodingKeys: String, CodingKey {
        case name, raw, expect, why, level, close, head, dribble, hold
        case maxResp = "max_resp"
        case minResp = "min_resp"
        case sendAfter100 = "send_after_100"
        case needHeader = "need_header"
        case no1xx = "no_1xx"
    }

    var description: String { name }

    var bytes: [UInt8] { Self.unescaped(raw) }

    /// Those this room alone must pass, and that need no waiting.
    static func quick() throws -> [ProtocolCase] {
        try String(contentsOf: fixture("http/cases.jsonl"), encoding: .utf8)
            .split(separator: "\n")
            .map { try JSONDecoder().decode(ProtocolCase.self, from: Data($0.utf8)) }
            .filter { $0.level != "app" && $0.hold == nil }
    }

    /// Expands `${rep:UNIT:N}`, then the escapes `\r`, `\n`, `\t`, `\\` and `\xHH`.
    static func unescaped(_ raw: String) -> [UInt8] {
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
