import Chat
import Testing

@Suite struct WindowShareTests {
    @Test(arguments: [
        // A usual length takes half of a small window at most, and shrinks to the room there is.
        (nil as Int?, 120, 1024, 120), (nil, 120, 100, 50), (nil, 120, 2, 1),
        // One that was asked for is kept.
        (90, 120, 100, 90), (1, 120, 100, 1), (0, 120, 100, 0),
    ])
    func promptsLeaveRoomForTheReply(asked: Int?, usual: Int, window: Int, reserve: Int) {
        let share = WindowShare(window: window, asked: asked, usual: usual)
        #expect(share.reserve == reserve)
        #expect(share.usualReserve == min(usual, window / 2))
    }

    @Test func aReplyGetsWhatThePromptLeaves() {
        let usual = WindowShare(window: 100, asked: nil, usual: 40)
        #expect([0, 60, 70, 99, 100].map(usual.replyTokens) == [40, 40, 30, 1, 1])
        let asked = WindowShare(window: 100, asked: 5, usual: 40)
        #expect([0, 95, 98].map(asked.replyTokens) == [5, 5, 2])
        #expect(WindowShare(window: 100, asked: 0, usual: 40).replyTokens(after: 50) == 0)
    }
}
