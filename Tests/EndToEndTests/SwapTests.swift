import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// Law 3: one response comes from one version of one model, whatever is swapped meanwhile.
@Suite(.serialized) struct SwapTests {
    private static let prompts = (0..<20).map { "Tell me about number \($0) and the sea" }

    private static func entry(_ key: String, _ checkpoint: String) -> String {
        """
        { "key": "\(key)", "model_name": "\(fixture("models/\(checkpoint)").path)",
          "preload": true, "generation": { "length": 24, "temperature": 0, "penalize": 0 } }
        """
    }

    private static func ask(
        _ server: RunningServer, _ key: String, _ prompt: String
    ) throws -> (text: String, version: String) {
        let answer = try server.post(
            "/invocations",
            #"{"model_key":"\#(key)","raw_text":"\#(prompt)","format":"json","length":24}"#)
        let json = try JSONParser.parse(answer.text)
        try #require(answer.status == 200, "\(answer.text)")
        return (json["text"]?.string ?? "", json["model_version"]?.string ?? "")
    }

    @Test func sixteenClientsGetWholeRepliesOfOneVersionWhileAModelIsSwappedFiftyTimes() throws {
        let server = try RunningServer(models: [Self.entry("a", "red"), Self.entry("b", "blue")])
        // What each version says, asked before any swap.
        var expected: [String: [String: String]] = [:]
        for prompt in Self.prompts {
            for key in ["a", "b"] {
                let (text, version) = try Self.ask(server, key, prompt)
                expected[version, default: [:]][prompt] = text
            }
        }
        let (red, blue) = try (
            Self.ask(server, "a", Self.prompts[0]).version,
            Self.ask(server, "b", Self.prompts[0]).version
        )
        #expect(red != blue && expected.count == 2)
        #expect(Self.prompts.contains { expected[red]?[$0] != expected[blue]?[$0] })

        let isOver = Atomic<Bool>(false)
        let faults = Mutex<[String]>([])
        let versionsOfA = Mutex<Set<String>>([])
        let clients = DispatchGroup()
        for client in 0..<16 {
            clients.enter()
            Thread.detachNewThread { [expected] in
                defer { clients.leave() }
                var turn = client
                while !isOver.load(ordering: .relaxed) {
                    let key = turn % 2 == 0 ? "a" : "b"
                    let prompt = Self.prompts[turn / 2 % Self.prompts.count]
                    turn += 1
                    do {
                        let (text, version) = try Self.ask(server, key, prompt)
                        if expected[version]?[prompt] != text {
                            faults.withLock { $0.append("a reply of no version: \(version)") }
                        }
                        if key == "a" { versionsOfA.withLock { _ = $0.insert(version) } }
                    } catch {
                        faults.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for swap in 1...50 {
            let next = swap % 2 == 1 ? ("blue", blue) : ("red", red)
            try server.configure([Self.entry("a", next.0), Self.entry("b", "blue")])
            server.hangUp()
            // Seen from outside: from some answer on, it is the new version that speaks.
            let deadline = Date(timeIntervalSinceNow: 60)
            while try Self.ask(server, "a", Self.prompts[0]).version != next.1 {
                try #require(Date() < deadline, "swap \(swap) never came\n\(server.log.soFar)")
            }
        }
        isOver.store(true, ordering: .relaxed)
        clients.wait()
        #expect(faults.withLock { $0 } == [])
        #expect(versionsOfA.withLock { $0 } == [red, blue])
    }

    @Test func aFaultyConfigurationChangesNothingAndSaysWhy() throws {
        let server = try RunningServer(models: [Self.entry("a", "red")])
        let before = try Self.ask(server, "a", Self.prompts[0])

        try server.configure([Self.entry("a", "blue"), Self.entry("b", "no-such-folder")])
        server.hangUp()
        let log = try #require(server.log.wait(for: "everything stays as it was"))
        #expect(log.contains("no-such-folder"))
        #expect(try Self.ask(server, "a", Self.prompts[0]) == before)
        #expect(try server.post("/invocations", #"{"model_key":"b","raw_text":"x"}"#).status == 404)

        try server.configure([Self.entry("a", "blue"), Self.entry("b", "red")])
        server.hangUp()
        _ = try #require(server.log.wait(for: "added="))
        #expect(try Self.ask(server, "a", Self.prompts[0]) != before)
        #expect(try Self.ask(server, "b", Self.prompts[0]) == before)
    }

    @Test func aModelWhoseWeightsAreDamagedLeavesAllModelsAsTheyWere() throws {
        let server = try RunningServer(models: [Self.entry("a", "red"), Self.entry("b", "blue")])
        let before = try Self.ask(server, "a", Self.prompts[0])
        let copy = server.folder.path("damaged")
        try FileManager.default.copyItem(atPath: fixture("models/blue").path, toPath: copy)
        let weights = copy + "/model.safetensors"
        let handle = try #require(FileHandle(forWritingAtPath: weights))
        try handle.truncate(atOffset: 1000)
        try handle.close()
        let damaged =
            #"{ "key": "a", "model_name": "\#(copy)", "preload": true }"#
        try server.configure([damaged, Self.entry("b", "red")])
        server.hangUp()
        _ = try #require(server.log.wait(for: "everything stays as it was"))
        #expect(try Self.ask(server, "a", Self.prompts[0]) == before)
        #expect(try Self.ask(server, "b", Self.prompts[0]).version != before.version)
    }
}
