import Chat
import Configuration
import Serving
import Synchronization
import TestSupport
import Testing

@testable import API

/// How the engine's events become a reply.
struct ReplyDeliveryTests {
    /// Keeps what it is told.
    private final class Sink: ReplySink {
        struct Heard: Equatable {
            var text = ""
            var reason: GenerationSummary.FinishReason?
            var tokens: Int?
            var cached: Int?
            var statuses: [Int] = []
            var usageOfFailure: UsageCount?
        }

        let heard = Mutex(Heard())

        func text(_ piece: String) { heard.withLock { $0.text += piece } }

        func end(_ ending: ReplyEnding) {
            heard.withLock {
                $0.reason = ending.summary.reason
                $0.tokens = ending.usage.completion
                $0.cached = ending.usage.cachedPrompt
            }
        }

        func fail(_ error: APIError) { heard.withLock { $0.statuses.append(error.status) } }
    }

    private func delivery(to sink: Sink, _ pending: PendingReply) throws -> ReplyDelivery {
        let folder = try TemporaryFolder()
        let chatty = #", "sanitizer": "chatbot", "names": ["mom"]"#
        let path = try folder.write(
            #"{"models": [\#(LiveServer.model("red", fixture: "red", chatty))]}"#, to: "c.json")
        let registry = ModelRegistry(try ServerConfiguration.checked(path).specifications())
        let served = try registry.acquireAndWait("red")
        let request = ReplyRequest(modelKey: "red", prompts: [.text("Hello")], arrival: .now)
        let plan = try ReplyPlan(request.prompts[0], request, served) { _ in .init() }
        #expect(plan.generation.stops == ["<EOM>"])
        return ReplyDelivery(
            plan, from: served, to: sink, pending: pending, finished: { _, _ in },
            failed: { error, usage in
                sink.heard.withLock { $0.usageOfFailure = usage }
                sink.fail(APIError(error))
            })
    }

    @Test func aReplyEndsWhereTheOtherSideBegins() throws {
        let sink = Sink()
        let pending = PendingReply()
        let delivery = try delivery(to: sink, pending)
        #expect(pending.begin())
        delivery.take(.began(cachedPromptTokens: 3))
        for text in ["Hi", " you\n", "1|mo", "m|What", " is this?"] { delivery.take(.text(text)) }
        // What comes after is not for the client, an error neither.
        delivery.take(.failed(.cancelled))
        let heard = sink.heard.withLock { $0 }
        #expect(heard.text == "Hi you" && heard.reason == .stop && heard.statuses.isEmpty)
        #expect((heard.tokens ?? 0) > 0 && heard.cached == 3)
        #expect(!pending.giveUpWaiting())
    }

    @Test func aFailureIsTold() throws {
        let sink = Sink()
        let delivery = try delivery(to: sink, PendingReply())
        delivery.take(.failed(.deadlineWhileQueued))
        let heard = sink.heard.withLock { $0 }
        #expect(heard.statuses == [503] && heard.usageOfFailure == nil)
    }

    @Test func aReplyThatIsCutOffHasTakenWhatWasMade() throws {
        let sink = Sink()
        let delivery = try delivery(to: sink, PendingReply())
        delivery.take(.began(cachedPromptTokens: 0))
        delivery.take(.text("Hi you"))
        delivery.take(.failed(.cancelled))
        let usage = try #require(sink.heard.withLock { $0 }.usageOfFailure)
        #expect(usage.prompt > 0 && usage.completion > 0)
    }

    @Test func aReplyThatWasGivenUpDoesNotBegin() {
        let late = PendingReply()
        #expect(late.giveUpWaiting())
        #expect(!late.begin() && !late.giveUpWaiting())
        let gone = PendingReply()
        gone.end()
        #expect(!gone.begin())
        let underway = PendingReply()
        #expect(underway.begin() && !underway.begin())
        #expect(!underway.giveUpWaiting())
    }
}
