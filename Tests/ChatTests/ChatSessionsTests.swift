import Chat
import TestSupport
import Testing

@Suite struct ChatSessionsTests {
    let start = ContinuousClock.now

    func key(_ session: String, caller: String? = "k") throws -> ChatSessions.Key {
        try ChatSessions.Key(caller: caller, model: "bot", audience: "mom", session: session)
    }

    func turn(_ text: String) throws -> Turn { try Turn(side: 1, audience: "mom", text: text) }

    @Test func turnsAreRememberedForTheirCallerOnly() throws {
        var sessions = ChatSessions(maximumCount: 4, timeToLive: .seconds(60))
        sessions.record([try turn("a")], in: try key("s"), keepingFrom: 0, at: start)
        #expect(sessions.conversation(try key("s"), at: start).turns == [try turn("a")])
        #expect(sessions.conversation(try key("s", caller: nil), at: start).turns == [])
        #expect(sessions.conversation(try key("s", caller: "other"), at: start).turns == [])
        sessions.forget(try key("s"))
        #expect(sessions.conversation(try key("s"), at: start).turns == [])
    }

    @Test func droppedTurnsAreForgottenOnceOnly() throws {
        var sessions = ChatSessions(maximumCount: 4, timeToLive: .seconds(60))
        let key = try key("s")
        sessions.record(try ["a", "b", "c"].map(turn), in: key, keepingFrom: 0, at: start)
        // Two answers made from the same three turns, each without the first two.
        sessions.record([try turn("d")], in: key, keepingFrom: 2, at: start)
        sessions.record([try turn("e")], in: key, keepingFrom: 2, at: start)
        let conversation = sessions.conversation(key, at: start)
        #expect(conversation.turns == (try ["c", "d", "e"].map(turn)))
        #expect(conversation.forgotten == 2)
        sessions.record([], in: key, keepingFrom: .max, at: start)
        #expect(sessions.conversation(key, at: start).turns == [])
    }

    @Test func theLeastRecentlyUsedGoesFirst() throws {
        var sessions = ChatSessions(maximumCount: 2, timeToLive: .seconds(60))
        for name in ["a", "b"] {
            sessions.record([try turn(name)], in: try key(name), keepingFrom: 0, at: start)
        }
        _ = sessions.conversation(try key("a"), at: start)
        sessions.record([try turn("c")], in: try key("c"), keepingFrom: 0, at: start)
        #expect(sessions.count == 2)
        #expect(sessions.conversation(try key("b"), at: start).turns == [])
        #expect(sessions.conversation(try key("a"), at: start).turns == [try turn("a")])
    }

    @Test func idleConversationsExpireAndUsedOnesStay() throws {
        var sessions = ChatSessions(maximumCount: 9, timeToLive: .seconds(60))
        for name in ["a", "b"] {
            sessions.record([try turn(name)], in: try key(name), keepingFrom: 0, at: start)
        }
        _ = sessions.conversation(try key("a"), at: start.advanced(by: .seconds(50)))
        sessions.expire(at: start.advanced(by: .seconds(61)))
        #expect(sessions.count == 1)
        let last = sessions.conversation(try key("a"), at: start.advanced(by: .seconds(110)))
        #expect(last.turns == [try turn("a")])
    }

    @Test func manyUsesKeepTheCountAtItsBound() throws {
        var sessions = ChatSessions(maximumCount: 10, timeToLive: .seconds(60))
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let name = String(Int.random(in: 0..<30, using: &random))
            sessions.record([try turn(name)], in: try key(name), keepingFrom: .max, at: start)
            #expect(sessions.count <= 10)
            #expect(sessions.conversation(try key(name), at: start).turns == [try turn(name)])
        }
        var none = ChatSessions(maximumCount: 0, timeToLive: .seconds(60))
        none.record([try turn("a")], in: try key("a"), keepingFrom: 0, at: start)
        #expect(none.count == 0)
    }

    @Test(arguments: ["", "a b", "é", "a/b", "a\n", String(repeating: "x", count: 129)])
    func otherSessionNamesAreRefused(name: String) {
        #expect(throws: ChatSessionError.invalidIdentifier) { try key(name) }
    }
}
