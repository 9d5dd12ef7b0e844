import Foundation
import HTTP
import JSON
import Serving
import Synchronization
import Testing

@testable import API

/// The parts of a skill, each by itself.
struct AlexaPartsTests {
    // MARK: Speech

    @Test(arguments: [
        ("Hello there.", "Hello there."), ("  Hello\n\nthere\t. ", "Hello there ."),
        ("a\u{0}b\u{1B}[2Jc\u{7F}d\u{9B}e\u{FFFE}f", "a b [2Jc d e f"),
        (#"A & B < C > D "E" 'F'"#, #"A & B < C > D "E" 'F'"#), ("\r\n \u{2028}", ""),
        ("It costs 3.5 and", "It costs 3.5 and"), ("wörter 日本 🎉", "wörter 日本 🎉"),
    ])
    func speechIsOneLine(text: String, speech: String) {
        #expect(AlexaSpeech.spoken(text, isCut: false) == speech)
    }

    @Test(arguments: [
        ("One. Two. Three and", "One. Two."), ("One. Two.", "One. Two."), ("One and", "One and"),
        ("It is 3.5 and", "It is 3.5 and"), ("One\nTwo and", "One"),
        (#"He said "Go." And"#, #"He said "Go.""#),
    ])
    func whatWasCutOffEndsWithASentence(text: String, speech: String) {
        #expect(AlexaSpeech.spoken(text, isCut: true) == speech)
    }

    @Test func speechIsNeverTooLong() throws {
        for word in ["word. ", "\"\\\" ", "wörter. ", "日本。", "🎉", "é"] {
            let text = String(repeating: word, count: 20_000)
            let speech = AlexaSpeech.spoken(text, isCut: false)
            let json = JSONValue.string(speech).serialized
            #expect(json.utf8.count <= AlexaSpeech.mostBytes + 2 && speech.utf16.count <= 8000)
            #expect(json.utf8.count > AlexaSpeech.mostBytes - 20)
        }
        let sentences = AlexaSpeech.spoken(String(repeating: "A word. ", count: 2000), isCut: false)
        #expect(sentences.hasSuffix("word."))
    }

    // MARK: Conversations

    @Test func aConversationIsBounded() throws {
        var conversation = AlexaConversation()
        var sizes: [Int] = []
        for number in 0..<500 {
            conversation.add("\(number) \"asked\"", String(repeating: "é", count: number % 90))
            let bytes = conversation.attributes.serializedBytes
            #expect(bytes.count <= AlexaConversation.mostBytes)
            #expect(conversation.turns.count.isMultiple(of: 2))
            #expect(AlexaConversation(try JSONParser.parse(bytes)) == conversation)
            sizes.append(bytes.count)
        }
        #expect(conversation.turns.dropLast().last == "499 \"asked\"")
        // Room is made for several turns at once.
        #expect(zip(sizes, sizes.dropFirst()).filter { $0 > $1 }.count < 50)
        conversation.add("a", String(repeating: "b", count: AlexaConversation.mostBytes))
        #expect(conversation.turns == [])
    }

    @Test func aWholeAnswerIsBelowAlexasLimit() {
        var conversation = AlexaConversation()
        for _ in 0..<100 { conversation.add(String(repeating: "\"", count: 90), "b") }
        let speech = AlexaSpeech.spoken(String(repeating: "\\\"", count: 9000), isCut: false)
        let answer = AlexaAnswer(
            speech: speech, reprompt: String(repeating: "\"", count: 500),
            conversation: conversation)
        #expect(answer.response.body.count < 20_000)
    }

    @Test func turnsAlternateFromTheUsersOn() {
        var conversation = AlexaConversation()
        conversation.add("a", "b")
        let chat = conversation.asking("c")
        #expect(chat.messages.map(\.text) == ["a", "b", "c"])
        #expect(chat.messages.map(\.isPersonas) == [false, true, false])
        #expect(chat.system == "" && chat.audience == nil)
    }

    // MARK: Replies

    /// What becomes of a reply of which `pieces` came before `end`.
    private func outcomes(_ pieces: [String], _ end: (AlexaReply) -> Void) -> [String] {
        let outcomes = Mutex<[String]>([])
        let reply = AlexaReply { outcome in
            let text =
                switch outcome {
                case .said(let text): text
                case .failed(let error): "failed: \(error.code ?? "")"
                }
            outcomes.withLock { $0.append(text) }
        }
        for piece in pieces { reply.text(piece) }
        end(reply)
        return outcomes.withLock { $0 }
    }

    private func ending(_ reason: GenerationSummary.FinishReason) -> ReplyEnding {
        ReplyEnding(
            modelKey: "m", modelVersion: "v",
            summary: GenerationSummary(reason: reason, promptTokens: 1, completionTokens: 1))
    }

    @Test func aReplyEndsOnceAndWithASentence() {
        let pieces = ["One. ", "Two", ". Three", " and"]
        #expect(outcomes(pieces) { $0.end(ending(.stop)) } == ["One. Two. Three and"])
        #expect(outcomes(pieces) { $0.end(ending(.length)) } == ["One. Two."])
        #expect(outcomes(pieces) { $0.end(ending(.deadline)) } == ["One. Two."])
        #expect(outcomes(pieces) { $0.giveUp() } == ["One. Two."])
        #expect(outcomes([]) { $0.giveUp() } == ["failed: deadline"])
        #expect(outcomes([" \n"]) { $0.end(ending(.stop)) } == ["failed: deadline"])
        #expect(outcomes(pieces) { $0.fail(APIError(500, "x", code: "c")) } == ["failed: c"])
        let late = outcomes(pieces) { reply in
            reply.giveUp()
            reply.text("more.")
            reply.end(ending(.stop))
            reply.fail(.internalError)
            reply.giveUp()
        }
        #expect(late == ["One. Two."])
    }

    // MARK: Times and intents

    @Test(arguments: [
        ("2026-05-28T20:26:40Z", 1_780_000_000), ("2026-05-28T20:26:40.999Z", 1_780_000_000),
        ("1970-01-01T00:00:00Z", 0), ("2024-02-29T00:00:00Z", 1_709_164_800),
    ])
    func timesAreRead(text: String, seconds: Double) {
        #expect(AlexaTimestamp.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "Z", "2026-05-28 20:26:40Z", "2026-05-28T20:26:40", "2026-05-28T20:26:40+00:00",
        "2026-05-28T20:26:40.Z", "2026-05-28T20:26:40ZZ", "2026-05-28T20:26:40.1x3Z",
        "２026-05-28T20:26:40Z", "+026-05-28T20:26:40Z", "2026-05-28T20:26:40.1234567890Z",
    ])
    func whatIsNoTimeIsNone(text: String) { #expect(AlexaTimestamp.date(text) == nil) }

    @Test(arguments: [
        (#"{"name":"A","slots":{"x":{"value":"hello"}}}"#, AlexaIntent.Meaning.says("hello")),
        (
            #"{"name":"A","slots":{"x":{"value":"one"},"y":{},"z":{"value":"two"}}}"#,
            .says("one two")
        ),
        (#"{"name":"A","slots":{"After_what":{"value":"is this"}}}"#, .says("what is this")),
        (#"{"name":"A","slots":{"after_how_old":{"value":"is it"}}}"#, .says("how old is it")),
        (#"{"name":"A","slots":{"afterwards":{"value":"tea"}}}"#, .says("tea")),
        (#"{"name":"A","slots":{"x":{"value":"42"}}}"#, .says("42")),
        (#"{"name":"A","slots":{"x":{"value":"?"}}}"#, .isLost),
        (#"{"name":"A","slots":{"x":{"value":5}}}"#, .isLost),
        (#"{"name":"A","slots":[]}"#, .isLost), (#"{"name":"A"}"#, .isLost), ("5", .isLost),
        (#"{"name":"AMAZON.StopIntent"}"#, .stops), (#"{"name":"AMAZON.NewIntent"}"#, .isLost),
    ])
    func intentsAreUnderstood(json: String, meaning: AlexaIntent.Meaning) throws {
        #expect(AlexaIntent(try JSONParser.parse(json)).meaning == meaning)
    }
}
