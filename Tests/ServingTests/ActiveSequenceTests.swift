import Compute
import GPT2
import TestSupport
import Testing

@testable import Serving

/// How replies end, one step at a time on this thread.
@Suite struct ActiveSequenceTests {
    static let version = Result { try TinyModels.version("deep") }
    let pool = ThreadPool(threadCount: 1)

    /// Steps until the end, or so many times and then to the deadline.
    func run(_ request: GenerationRequest, steps: Int = .max) throws -> Reply {
        let version = try Self.version.get()
        let reply = Reply()
        let sequence = ActiveSequence(
            id: 1, version: version, request: request, deliver: reply.deliver)
        let workspace = try Workspace(version.model.hyperparameters)
        for _ in 0..<min(steps, request.maximumTokens) {
            let piece = try sequence.nextPiece(max(1, sequence.promptTokensLeft))
            let logits = try version.model.forward([piece], workspace: workspace, on: pool)
            sequence.draw(from: logits)
            if let end = try sequence.takeDrawn() {
                sequence.deliver(end)
                return reply
            }
        }
        sequence.deadlinePassed()
        return reply
    }

    func summary(
        _ reason: GenerationSummary.FinishReason, _ tokens: Int
    ) -> GenerationEvent {
        .finished(GenerationSummary(reason: reason, promptTokens: 1, completionTokens: tokens))
    }

    @Test func aReplyEndsAtItsLength() throws {
        let reply = try run(TinyModels.script("Hey, box", maximumTokens: 5))
        #expect(reply.text == "Hey, ")
        #expect(reply.all.last == summary(.length, 5))
        #expect(reply.isInOrder)
    }

    @Test func aReplyEndsAtTheTokenOfThatNameOnlyIfAsked() throws {
        var request = try TinyModels.script("Hi", maximumTokens: 3)
        #expect(try run(request).text == "Hi<|endoftext|>")
        request.stopsAtEndOfText = true
        let reply = try run(request)
        #expect(reply.all == [.text("H"), .text("i"), summary(.stop, 2)])
    }

    @Test func aStopStringOverSeveralTokensNeverComesOut() throws {
        var request = try TinyModels.script("Hi <EOM", maximumTokens: 10)
        request.stops = ["<EO"]
        let reply = try run(request)
        #expect(reply.texts == ["H", "i", " "])
        #expect(reply.all.last == summary(.stop, 6))
    }

    @Test func whatWasHeldBackComesOutAtTheLength() throws {
        var request = try TinyModels.script("Hi <EOM", maximumTokens: 6)
        request.stops = ["<EOM>"]
        let reply = try run(request)
        #expect(reply.texts == ["H", "i", " ", "<EO"])
        #expect(reply.all.last == summary(.length, 6))
    }

    @Test func whatWasHeldBackComesOutAtTheEndOfTheText() throws {
        var request = try TinyModels.script("Hi <EO", maximumTokens: 20)
        request.stops = ["<EOM>"]
        request.stopsAtEndOfText = true
        let reply = try run(request)
        #expect(reply.text == "Hi <EO")
        #expect(reply.all.last == summary(.stop, 6))
        #expect(reply.isInOrder)
    }

    @Test func aCharacterCutInTwoIsReplacedAtTheEnd() throws {
        var request = try TinyModels.script("A\u{E9}", maximumTokens: 2)
        #expect(try run(request).text == "A\u{FFFD}")
        request.maximumTokens = 3
        #expect(try run(request).text == "A\u{E9}")
    }

    @Test func atTheDeadlineAReplyEndsWithItsLastWholeSentence() throws {
        var request = try TinyModels.script("Yes. But", maximumTokens: 20)
        request.deadline = .now + .seconds(1000)
        let late = try run(request, steps: 7)
        #expect(late.text == "Yes.")
        #expect(late.all.last == summary(.deadline, 7))
        #expect(late.isInOrder)
        let early = try run(request, steps: 2)
        #expect(early.text == "Ye")
        request.maximumTokens = 7
        let inTime = try run(request)
        #expect(inTime.text == "Yes. Bu")
        #expect(inTime.all.last == summary(.length, 7))
    }

    @Test func withoutAStepTheDeadlinePassedInTheQueue() throws {
        let request = try TinyModels.script("Yes", maximumTokens: 3)
        #expect(try run(request, steps: 0).all == [.failed(.deadlineWhileQueued)])
    }
}
