import Foundation
import JSON
import TestSupport

@testable import Tokenizer

/// The vocabularies that tests share, each read once.
enum Vocabularies {
    /// 1,000 tokens, trained by another program on a play.
    static let small = Result {
        try BytePairTokenizer.load(folder: fixture("tokenizer/small").path)
    }

    /// GPT-2's own 50,257 tokens.
    static let gpt2 = Result { try BytePairTokenizer.load(folder: SharedData.file("gpt2").path) }

    static func named(_ name: String) throws -> BytePairTokenizer {
        try (name == "small" ? small : gpt2).get()
    }

    /// The bytes as the first 256 tokens, and what else is asked for.
    static func json(_ more: [String] = [], without missing: String? = nil) -> String {
        let bytes = (0...UInt8.max).map { ByteAlphabet.text(for: [$0]) }
        let tokens = bytes.filter { $0 != missing } + more
        return JSONValue.object(
            tokens.enumerated().map { JSONMember($0.element, .integer($0.offset)) }
        ).serialized
    }

    /// A tokenizer of the bytes and these merges.
    static func tokenizer(merges: [String], more: [String] = []) throws -> BytePairTokenizer {
        let made = merges.map { $0.replacing(" ", with: "") }
        return try BytePairTokenizer(
            vocabulary: Array(json(made + more).utf8),
            merges: Array(merges.joined(separator: "\n").utf8))
    }
}

/// One line of `encodings.jsonl`.
struct Encoding {
    let bytes: [UInt8]
    /// The text, where the bytes are valid UTF-8.
    let text: String?
    private let record: JSONValue

    func ids(_ vocabulary: String) -> [TokenID]? {
        record[vocabulary]?.array?.compactMap { $0.integer.map(TokenID.init) }
    }

    static let all = Result { try lines(of: "tokenizer/encodings.jsonl").map(Encoding.init) }

    private init(_ record: JSONValue) throws {
        self.record = record
        text = record["text"]?.string
        if let text {
            bytes = Array(text.utf8)
        } else {
            let digits = Array(record["hex"]?.string ?? "")
            bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
        }
    }
}

func lines(of name: String) throws -> [JSONValue] {
    let file = try Array(Data(contentsOf: fixture(name)))
    return try file.split(separator: UInt8(ascii: "\n")).map { try JSONParser.parse(Array($0)) }
}

/// Knuth's linear congruential generator, so that a failure happens again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        let halves = (0..<2).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 32
        }
        return halves[0] << 32 | halves[1]
    }
}
