import Chat
import TestSupport
import Testing

@Suite struct PromptBuilderTests {
    /// A tokenizer of one token a byte.
    func builder(window: Int, reserve: Int = 0) -> PromptBuilder {
        PromptBuilder(contextLength: window + reserve, reserve: reserve) {
            $0.utf8.map { Int32($0) }
        }
    }

    func turn(_ side: Int, _ text: String) throws -> Turn {
        try Turn(side: side, audience: "m", text: text)
    }

    func text(_ tokens: [Int32]) -> String {
        String(decoding: tokens.compactMap(UInt8.init(exactly:)), as: UTF8.self)
    }

    @Test func aPromptEndsWhereThePersonaSpeaks() throws {
        let prompt = try builder(window: 100, reserve: 20).prompt(
            turns: [try turn(1, "a"), try turn(0, "b")], message: try turn(1, "c"))
        #expect(text(prompt.tokens) == "1|m|a <EOM>\n0|m|b <EOM>\n1|m|c <EOM>\n0|m|")
        #expect(prompt.dropped == 0)
    }

    @Test func thePersonaMayBeOnTheOtherSideAndFollowAPreamble() throws {
        let prompt = try builder(window: 100).prompt(
            turns: [], message: try turn(0, "c"), personaSide: 1, preamble: "Be kind.\n")
        #expect(text(prompt.tokens) == "Be kind.\n0|m|c <EOM>\n1|m|")
    }

    @Test func turnsAreDroppedToThreeQuartersAndThenNotBeforeTheWindowIsFull() throws {
        let builder = builder(window: 124)  // ten turns of 12 bytes and the prefix of 4
        var turns: [Turn] = []
        var drops: [Int] = []
        for _ in 0..<20 {
            let message = try turn(1, "q")
            let prompt = try builder.prompt(turns: turns, message: message)
            #expect(prompt.tokens.count <= 124)
            drops.append(prompt.dropped)
            turns += [message, try turn(0, "a")]
        }
        // 9 turns fit, 11 do not: down to 7 (88 of the 93 bytes that are three quarters).
        #expect(drops == [0, 0, 0, 0, 0, 4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 24, 24, 28, 28, 32])
    }

    @Test func forgettingDroppedTurnsChangesNoPrompt() throws {
        let builder = builder(window: 150)
        var all: [Turn] = []
        var kept: [Turn] = []
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let length = Int.random(in: 1...40, using: &random)
            let message = try turn(1, String(repeating: "q", count: length))
            let whole = try builder.prompt(turns: all, message: message)
            let short = try builder.prompt(turns: kept, message: message)
            #expect(whole.tokens == short.tokens)
            #expect(whole.tokens.count <= 150)
            kept.removeFirst(short.dropped)
            let answer = try turn(0, String(repeating: "a", count: 40 - length))
            all += [message, answer]
            kept += [message, answer]
        }
    }

    @Test func aMessageThatCannotFitIsRefusedOrCut() throws {
        let builder = builder(window: 24)
        let message = try turn(1, "0123456789é")
        #expect(throws: PromptError.messageTooLong(tokens: 23, room: 20)) {
            try builder.prompt(turns: [], message: message)
        }
        let prompt = try builder.prompt(
            turns: [try turn(0, "old")], message: message, truncate: true)
        #expect(text(prompt.tokens) == "1|m|3456789é <EOM>\n0|m|")
        #expect(prompt.message.text == "3456789é")
        #expect(prompt.dropped == 1)
    }

    @Test func aWindowWithoutRoomIsRefused() throws {
        let message = try turn(1, "hi")
        for (window, reserve) in [(0, 0), (4, 0), (0, 100), (13, 0)] {
            let builder = builder(window: window, reserve: reserve)
            #expect(throws: PromptError.self) {
                try builder.prompt(turns: [], message: message, truncate: window < 13)
            }
        }
    }
}
