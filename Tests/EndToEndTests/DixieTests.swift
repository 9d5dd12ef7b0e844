import Foundation
import TestSupport
import Testing

/// The toolbox program as a person meets it.
@Suite struct DixieTests {
    @Test(arguments: [Program.server, .dixie, .train])
    func everyProgramSaysItsVersionAndHelp(program: Program) throws {
        let version = try program.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        let help = try program.run(["--help"])
        #expect(help.status == 0 && help.output.contains("USAGE"))
        #expect(try program.run(["--no_such_flag"]).status == 64)
    }

    @Test func sanitizeGivesTheOriginalsReplies() throws {
        let result = try Program.dixie.run(
            ["sanitize", "--rules", "chatbot-legacy", "--names", "mom,dad"],
            input: "See you at 2 pm, room 201")
        #expect(result.status == 0)
        #expect(result.output == "See you at pm, room 01")
    }

    @Test func sanitizeTakesItsNamesFromTheEnvironment() throws {
        let result = try Program.dixie.run(
            ["sanitize", "--rules", "chatbot-legacy"], input: "0|bob|hey<EOM>",
            environment: ["DIXIE_NAMES": "bob"])
        #expect(result.output == "hey")
    }

    @Test func aKeyOpensTheServerThatHasItsEntry() throws {
        let made = try Program.dixie.run(["key", "--id", "skill"])
        #expect(made.status == 0)
        let lines = made.output.split(separator: "\n").map(String.init)
        let key = try #require(lines.first { $0.hasPrefix("dixie-") })
        let entry = try #require(lines.first { $0.hasPrefix("{") })
        let server = try RunningServer(
            models: [#"{ "key": "a", "model_name": "\#(fixture("models/red").path)" }"#],
            settings: #""api_keys": [\#(entry)], "#)
        let body = #"{"model_key":"a","raw_text":"x","length":1}"#
        #expect(try server.post("/invocations", body).status == 401)
        #expect(try server.post("/invocations", body, key: "dixie-" + key).status == 401)
        #expect(try server.post("/invocations", body, key: key).status == 200)
        #expect(!server.log.soFar.contains(key))
    }

    @Test func aSourceWithoutTheModelLeavesNoFolderAndNamesTheOtherLayout() throws {
        let folder = try TemporaryFolder()
        let server = try RunningServer(
            models: [#"{ "key": "a", "model_name": "\#(fixture("models/red").path)" }"#])
        let download = ["download", "mine", "--source", server.url, "--models_dir", folder.path]
        let outcome = try Program.dixie.run(download)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("404"))
        #expect(outcome.errors.contains("--layout huggingface"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("mine")))
        let chosen = try Program.dixie.run(download + ["--layout", "huggingface"])
        #expect(chosen.status == 1)
        #expect(!chosen.errors.contains("add --layout"))
    }

    @Test func textSurvivesEncodingAndDecoding() throws {
        let folder = try TemporaryFolder()
        let text = "Tell me, O muse — of that ingenious hero 😬\nwho travelled far\n"
        try folder.write(text, to: "in.txt")
        let model = fixture("models/red").path
        let encoded = try Program.dixie.run([
            "encode", "--model_name", model, folder.path("in.txt"), folder.path("out.npz"),
        ])
        #expect(encoded.status == 0, "\(encoded.errors)")
        let decoded = try Program.dixie.run([
            "decode", "--model_name", model, folder.path("out.npz"),
        ])
        #expect(decoded.status == 0, "\(decoded.errors)")
        #expect(decoded.output.hasPrefix(text))
    }
}
