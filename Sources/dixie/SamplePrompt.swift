import ArgumentParser
import Foundation
import GPT2
import Terminal
import Tokenizer

/// What a sample goes on from.
struct SamplePrompt {
    /// At least one; those past the model's window are still there.
    let tokens: [TokenID]
    /// Whether there is nothing to go on from but the mark between texts.
    let isEmpty: Bool

    /// No model's window holds a prompt that comes near it.
    private static let byteLimit = 64 << 20

    /// The contents of the file or pipe that `argument` names, else the argument itself. A file with
    /// nothing in it is an empty line, as it was for the original.
    static func text(_ argument: String) throws -> String {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        guard exists, !isFolder.boolValue else { return argument }
        let bytes = try TextInput.read(argument, limit: byteLimit)
        return bytes.isEmpty ? "\n" : String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameters:
    ///   - text: a text or, when `areIDs`, numbers separated by commas; empty to start afresh.
    ///   - areIDs: which of the two.
    ///   - tokenizer: the model's.
    ///   - vocabularySize: how many tokens the model knows.
    /// - Throws: `ValidationError` for what is no token; where there is nothing to start from.
    init(
        _ text: String, areIDs: Bool, tokenizer: BytePairTokenizer, vocabularySize: Int
    ) throws {
        let given =
            areIDs
            ? try Self.numbers(text, vocabularySize: vocabularySize) : tokenizer.encode(text)
        isEmpty = given.isEmpty
        guard given.isEmpty else {
            tokens = given
            return
        }
        guard let start = tokenizer.endOfText else {
            throw ValidationError(
                "The model's vocabulary has no \(EndOfText.spelling) to start a text with; give "
                    + "it a prompt with -p.")
        }
        tokens = [start]
    }

    private static func numbers(_ text: String, vocabularySize: Int) throws -> [TokenID] {
        try text.split { $0 == "," || $0.isWhitespace }.enumerated().map { place, word in
            guard let id = TokenID(word), id >= 0, Int(id) < vocabularySize else {
                throw ValidationError(
                    "With --ids the prompt is token ids from 0 to \(vocabularySize - 1) separated "
                        + "by commas; number \(place + 1) is none.")
            }
            return id
        }
    }
}
