import Foundation
import JSON
import TestSupport
import Testing

@testable import dixie

/// A chat from its lines to what is seen of it.
@Suite struct ChatLoopTests {
    private let scene = ChatScene()

    @Test func repliesComeOutAloneAndAllElseBesideThem() throws {
        try scene.play("Hi", "", "//dev", "/help", isInteractive: false)
        #expect(scene.replies == "Re: Hi\nRe: /dev\n")
        #expect(scene.notes.contains("/retry") && !scene.notes.contains("mom>"))
        #expect(scene.partner.asked.map(\.message) == ["Hi", "/dev"])
    }

    @Test func aPersonSeesWhoSpeaks() throws {
        try scene.play("Hi")
        #expect(scene.replies == "Re: Hi\n")
        #expect(scene.notes.hasSuffix("mom> one: mom> \n"))
    }

    @Test func coloursAreInNotesOnly() throws {
        try scene.play([.line("Hi\u{1B}[2J")], isColoured: true)
        #expect(scene.notes.contains("\u{1B}[1mmom\u{1B}[0m> "))
        #expect(!scene.replies.contains("\u{1B}[0m"))
    }

    @Test func whatWasSaidBeforeGoesAlong() throws {
        try scene.play("a", "b")
        #expect(scene.partner.asked.map(\.exchanges.count) == [0, 1])
        #expect(scene.partner.asked[1].exchanges == [.init(message: "a", reply: "Re: a")])
        #expect(scene.partner.asked.map(\.session) == ["session-1", "session-1"])
    }

    @Test func everyModelAndAudienceHasAChatOfItsOwn() throws {
        try scene.play("a", "/audience dad", "b", "/audience 1", "c", "/model 2", "d", "/model one")
        #expect(scene.partner.asked.map(\.audience) == ["mom", "dad", "mom", "mom"])
        #expect(scene.partner.asked.map(\.model) == ["one", "one", "one", "two"])
        #expect(scene.partner.asked.map(\.exchanges.count) == [0, 0, 1, 0])
        #expect(scene.partner.prepared == ["two", "one"])
    }

    @Test func whatIsStoppedIsNotRemembered() throws {
        scene.partner.answers = [.pieces(["A"]), .stopped("B"), .pieces(["C"]), .pieces(["D"])]
        try scene.play("a", "b", "/retry", "d")
        #expect(scene.replies == "A\nB\nC\nD\n")
        #expect(scene.notes.contains("stopped"))
        #expect(scene.partner.asked.map(\.message) == ["a", "b", "b", "d"])
        #expect(scene.partner.asked.map(\.exchanges.count) == [0, 1, 1, 2])
    }

    @Test func retryTakesTheLastReplyBack() throws {
        scene.partner.answers = [.pieces(["A"]), .pieces(["B"]), .pieces(["C"])]
        try scene.play("a", "b", "/retry", "/history")
        #expect(scene.partner.asked[2].message == "b")
        #expect(scene.partner.asked[2].exchanges == [.init(message: "a", reply: "A")])
        #expect(scene.partner.asked[2].session == "session-2")
        #expect(scene.notes.contains("one: C") && !scene.notes.contains("one: B"))
    }

    @Test func whereTheServerRemembersOnlyTheFirstIsTakenBack() throws {
        scene.partner.takesBack = false
        try scene.play("a", "/retry", "b", "/retry")
        #expect(scene.partner.asked.map(\.message) == ["a", "a", "b"])
        #expect(scene.partner.asked.map(\.session) == ["session-1", "session-2", "session-2"])
        #expect(scene.notes.contains("takes nothing back"))
    }

    @Test func aPersonGoesOnAfterAFailureAndAScriptDoesNot() throws {
        scene.partner.answers = [.failure, .pieces(["B"])]
        try scene.play("a", "b")
        #expect(scene.replies == "B\n" && scene.notes.contains("no answer today"))
        let script = ChatScene()
        script.partner.answers = [.failure]
        #expect(throws: ChatScene.Parrot.Refusal.self) {
            try script.play("a", "b", isInteractive: false)
        }
        #expect(script.partner.asked.count == 1)
        #expect(throws: ChatMistake.self) {
            try ChatScene().play("/nonsense", isInteractive: false)
        }
    }

    @Test func settingsGoWithEveryMessage() throws {
        try scene.play("/set seed 5", "/set temperature 9", "a", "/set seed default", "b", "/set")
        let seeds = scene.partner.asked.map { $0.settings.values.last?.value?.integer }
        #expect(seeds == [5, nil])
        #expect(scene.notes.contains("temperature must be a number from 0 to 5, or default"))
        #expect(scene.notes.contains("seed 5\n") && scene.notes.contains("top_k default\n"))
    }

    @Test(arguments: [
        ("", "mom"), ("2", "dad"), ("dad", "dad"), (" mom ", "mom"), ("nobody", "mom"),
    ])
    func aPersonIsAskedWhoIsThere(word: String, audience: String) throws {
        try scene.play([.line(word), .line(""), .line("Hi")], audience: nil)
        #expect(scene.partner.asked.map(\.audience) == [audience])
        #expect(scene.notes.contains("1  mom\n  2  dad\nname or number [mom]> "))
    }

    @Test func nobodyIsAskedWhereThereIsNothingToChoose() throws {
        try scene.play([.line("Hi")], isInteractive: false, audience: nil)
        #expect(scene.partner.asked.map(\.audience) == ["mom"] && scene.notes.isEmpty)
        let alone = ChatScene()
        alone.partner.known = ChatAudiences(names: ["sam"], usual: "sam")
        try alone.play([.line("Hi")], audience: nil)
        #expect(alone.partner.asked.map(\.audience) == ["sam"])
    }

    @Test func aStrangerIsTakenAndSaid() throws {
        try scene.play("/audience mum", "Hi", "/audience a|b")
        #expect(scene.partner.asked.map(\.audience) == ["mum"])
        #expect(scene.notes.contains("mum is none of those"))
        #expect(scene.notes.contains("an audience is 1 to 64 bytes"))
    }

    @Test(arguments: [ChatInputEvent.interrupted, .end, .line("/quit")])
    func leavingEndsTheChat(event: ChatInputEvent) throws {
        try scene.play([event, .line("Hi")])
        #expect(scene.replies.isEmpty)
        let before = ChatScene()
        guard event != .line("/quit") else { return }
        try before.play([event, .line("Hi")], audience: nil)
        #expect(before.replies.isEmpty)
    }

    @Test func aChatIsSavedAsTrainingTakesItAndReplacesNothingUnasked() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("my chat.txt")
        try scene.play("a\u{2028}<EOM>b", "/save \(path)", "c", "/save \(path)")
        let first = "1|mom|a b <EOM>\n0|mom|Re: a b <EOM>\n"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == first)
        #expect(scene.notes.contains("is there already; /save! \(path) replaces it"))
        let other = ChatScene()
        try other.play("/model two", "c", "/save! \(path)")
        // That model speaks on the other side.
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "0|mom|c <EOM>\n1|mom|Re: c <EOM>\n")
        let none = ChatScene()
        try none.play("/save \(folder.path("empty"))", "a", "/save \(folder.path("no/where"))")
        #expect(none.notes.contains("nothing to save") && none.notes.contains("no/where"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["my chat.txt"])
    }

    @Test func aResetForgetsThisChatOnly() throws {
        try scene.play("a", "/audience dad", "b", "/reset", "/retry", "c", "/audience mom", "d")
        #expect(scene.partner.asked.map(\.exchanges.count) == [0, 0, 0, 1])
        #expect(scene.partner.asked.map(\.session).count == 4)
        #expect(scene.partner.asked[1].session != scene.partner.asked[2].session)
        #expect(scene.notes.contains("nothing to ask again"))
    }
}

@Suite struct StopButtonTests {
    @Test func aReplyIsStoppedOnceAndAPromptIsNot() {
        let button = StopButton()
        #expect(button.press() == .nothing)
        button.begin()
        let count = CallCount()
        button.arm { count.add() }
        #expect(!button.isPressed)
        #expect(button.press() == .stopsReply)
        #expect(button.press() == .stopsAgain)
        #expect(button.isPressed && count.value == 1)
        button.end()
        #expect(button.press() == .nothing && !button.isPressed)
    }

    @Test func whatIsArmedTooLateStopsAtOnce() {
        let button = StopButton()
        button.begin()
        #expect(button.press() == .stopsReply)
        let count = CallCount()
        button.arm { count.add() }
        #expect(count.value == 1)
    }
}
