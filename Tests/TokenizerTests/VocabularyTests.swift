import JSON
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct VocabularyTests {
    private func fault(_ json: String) -> TokenizerError.Fault? {
        fault(Array(json.utf8))
    }

    private func fault(_ json: [UInt8]) -> TokenizerError.Fault? {
        do {
            _ = try Vocabulary(json: json, file: "encoder.json")
            return nil
        } catch let error as TokenizerError {
            #expect(error.file == "encoder.json")
            #expect(error.description.hasPrefix("encoder.json"))
            return error.fault
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func id(of token: String, in vocabulary: Vocabulary) -> TokenID? {
        Array(token.utf8).withUnsafeBufferPointer(vocabulary.id(of:))
    }

    private let whole = Vocabularies.json(["ab"])

    @Test func goodVocabularyIsTaken() throws {
        #expect(fault(whole) == nil)
        let vocabulary = try Vocabulary(json: Array(whole.utf8), file: "encoder.json")
        #expect(vocabulary.count == 257)
        #expect(id(of: "ab", in: vocabulary) == 256)
        #expect(Array(vocabulary.bytes(of: 256)) == Array("ab".utf8))
    }

    @Test func canonicallyEquivalentTokensAreDifferent() throws {
        let texts = ["\u{E9}", "e\u{301}"]
        #expect(texts[0] == texts[1])
        let more = texts.map { ByteAlphabet.text(for: $0.utf8) }
        let vocabulary = try Vocabulary(
            json: Array(Vocabularies.json(more).utf8), file: "encoder.json")
        #expect(texts.map { id(of: $0, in: vocabulary) } == [256, 257])
    }

    @Test func idsNeedNotStandInOrder() throws {
        let inOrder = try JSONParser.parse(Vocabularies.json(["ab", "c\u{141}"])).object ?? []
        let json = JSONValue.object(inOrder.reversed()).serialized
        let vocabulary = try Vocabulary(json: Array(json.utf8), file: "encoder.json")
        #expect(vocabulary.count == inOrder.count)
        for (index, member) in inOrder.enumerated() {
            let bytes = Array(vocabulary.bytes(of: TokenID(index)))
            #expect(ByteAlphabet.text(for: bytes) == member.key)
            #expect(bytes.withUnsafeBufferPointer(vocabulary.id(of:)) == TokenID(index))
        }
    }

    @Test func everyTokenIsFoundAndNoOther() throws {
        var random = SeededGenerator(state: 11)
        // Of all lengths around the eight bytes that are looked at together.
        let tokens = Set(
            (0..<2000).map { _ in
                (0..<Int.random(in: 2...20, using: &random)).map { _ in
                    UInt8.random(in: 97...99, using: &random)
                }
            }
        ).sorted { $0.lexicographicallyPrecedes($1) }
        let texts = tokens.map { ByteAlphabet.text(for: $0) }
        let vocabulary = try Vocabulary(
            json: Array(Vocabularies.json(texts).utf8), file: "encoder.json")
        let known = Set(tokens)
        for (index, token) in tokens.enumerated() {
            let found = token.withUnsafeBufferPointer(vocabulary.id(of:))
            #expect(found == TokenID(256 + index))
            let longer = token + [97]
            let isKnown = longer.withUnsafeBufferPointer(vocabulary.id(of:)) != nil
            #expect(isKnown == known.contains(longer))
        }
    }

    @Test func anythingButAnObjectIsRefused() {
        #expect(fault("[1]") == .vocabularyNotAnObject(kind: "a list"))
        #expect(fault("null") == .vocabularyNotAnObject(kind: "null"))
    }

    @Test func truncatedOrEmptyTextIsRefused() {
        for text in ["", "{", "{\"a\":", String(whole.dropLast()), String(whole.prefix(900))] {
            guard case .notJSON = fault(text) else {
                Issue.record("\(text.prefix(20)) was taken")
                continue
            }
        }
        guard case .notJSON = fault([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]) else {
            Issue.record("invalid UTF-8 was taken")
            return
        }
    }

    @Test(arguments: ["\"256\"", "256.0", "null", "[256]", "true"])
    func idThatIsNotAWholeNumberIsRefused(value: String) {
        let text = whole.replacing("\"ab\":256", with: "\"ab\":\(value)")
        guard case .idNotWhole(token: "ab", kind: _) = fault(text) else {
            Issue.record("\(value) was taken")
            return
        }
    }

    @Test(arguments: [-1, 257, 4_294_967_296, Int.max, Int.min])
    func idOutOfRangeIsRefused(id: Int) {
        let text = whole.replacing("\"ab\":256", with: "\"ab\":\(id)")
        #expect(fault(text) == .idOutOfRange(token: "ab", id: id, count: 257))
    }

    @Test func idTwiceIsRefused() {
        let text = whole.replacing("\"ab\":256", with: "\"ab\":0")
        #expect(fault(text) == .idTwice(token: "ab", other: "Ā", id: 0))
    }

    @Test(arguments: [256, 257, 300]) func tokenTwiceIsRefused(id: Int) {
        for again in ["ab", "\\u0061b"] {
            let text = whole.replacing("\"ab\":256", with: "\"ab\":256,\"\(again)\":\(id)")
            guard case .notJSON(let reason) = fault(text) else {
                Issue.record("a duplicate key was taken")
                continue
            }
            #expect(reason.contains("\"ab\" stands twice"))
        }
    }

    @Test func faultsAreFoundWhereTheyStand() {
        let start = whole.dropLast() + ",\n  "
        for (member, column) in [
            ("\"a b\": 257", 3), ("\"\": 257", 3), ("\"cd\": 2.5", 3), ("\"cd\": 400", 3),
            ("\"ab\": 257", 3), ("\"cd\": 0", 3), ("\"cd\" 257", 8),
        ] {
            let error = #expect(throws: TokenizerError.self) {
                _ = try Vocabulary(json: Array((start + member + "}").utf8), file: "encoder.json")
            }
            #expect(error?.line == 2 && error?.column == column, "\(member)")
        }
    }

    @Test func tokenOutsideTheAlphabetIsRefused() {
        #expect(fault(Vocabularies.json(["a b"])) == .notInAlphabet(token: "a b"))
        #expect(fault(Vocabularies.json(["汉"])) == .notInAlphabet(token: "汉"))
        #expect(fault(Vocabularies.json([""])) == .emptyToken)
    }

    @Test func missingByteIsRefused() {
        #expect(fault(Vocabularies.json(without: "Ġ")) == .byteMissing(0x20))
        #expect(fault("{}") == .byteMissing(0))
    }

    @Test func errorSaysFilePlaceAndRemedy() {
        let error = TokenizerError(
            .idTwice(token: "ab", other: "cd", id: 7), file: "m/encoder.json", line: 1, column: 9)
        #expect(
            error.description == "m/encoder.json, line 1, column 9: \"ab\" and \"cd\" both have "
                + "the id 7; each token needs its own")
    }

    @Test func whatADamagedFileSaysIsShownSafely() {
        let token = "\u{0}\u{1B}[2J" + String(repeating: "x", count: 100_000)
        let faults: [TokenizerError.Fault] = [
            .notInAlphabet(token: token), .idNotWhole(token: token, kind: "a list"),
            .idOutOfRange(token: token, id: 7, count: 3),
            .idTwice(token: token, other: token, id: 7),
            .mergePartUnknown(part: token), .mergePartNotYetMade(part: token),
            .mergeResultUnknown(result: token),
        ]
        for fault in faults {
            let message = TokenizerError(fault, file: "merges\n.txt", line: 1).description
            #expect(message.hasPrefix("merges\\u{a}.txt, line 1: "))
            #expect(message.contains("\\u{0}\\u{1b}[2Jxx") && message.count < 500)
            #expect(message.utf8.allSatisfy { $0 >= 0x20 })
        }
    }
}
