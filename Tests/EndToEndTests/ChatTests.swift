import Foundation
import JSON
import TestSupport
import Testing

/// `dixie chat` with its input in a pipe: its words are the server's.
@Suite struct ChatTests {
    private static func model(_ key: String, fixture name: String, _ rest: String = "") -> String {
        """
        { "key": "\(key)", "model_name": "\(fixture("models/\(name)").path)", \(rest)
          "sanitizer": "chatbot", "names": ["mom", "dad"], "persona": { "audience": "mom" } }
        """
    }

    private static let red = model("red", fixture: "red")
    private static let blue = model("blue", fixture: "blue", #""weights": "int8","#)

    /// Enough of them that the first are forgotten: the model sees 128 tokens.
    private static let messages = (0..<12).map { "Say \($0)" }

    /// What the server says to a chat, a line each as `dixie chat` prints them.
    private func words(
        of server: RunningServer, to messages: [String], model: String = "red", session: String,
        _ fields: String, key: String? = nil
    ) throws -> String {
        try messages.map { message in
            let answer = try server.post(
                "/invocations",
                #"{"model_key":"\#(model)","message":"\#(message)","session_id":"\#(session)""#
                    + (fields.isEmpty ? "" : ",") + fields + "}",
                key: key)
            #expect(answer.status == 200, "\(answer.text)")
            return answer.text + "\n"
        }.joined()
    }

    @Test(arguments: [
        (["--seed", "7"], #""seed":7"#),
        // So that several turns fit into it.
        (
            ["--temperature", "2", "--seed", "1", "--length", "4"],
            #""temperature":2,"seed":1,"length":4"#
        ),
        (
            ["--seed=-5", "--top_k", "9", "--penalize", "1", "--audience", "dad"],
            #""seed":-5,"top_k":9,"penalize":1,"audience":"dad""#
        ),
    ])
    func everyWayGivesTheServersWords(options: [String], fields: String) throws {
        let server = try RunningServer(models: [Self.red])
        let wanted = try words(of: server, to: Self.messages, session: "s", fields)
        #expect(wanted.count > 50)
        let names = ["--names", "mom,dad"]
        for source in [
            ["--config_path", server.folder.path("server_config.json")], ["--url", server.url],
            ["--restore_from", fixture("models/red").path] + names,
            ["--model_name", fixture("models/red").path, "--no_cache"] + names,
        ] {
            let result = try Program.dixie.run(
                ["chat"] + source + options, input: Self.messages.joined(separator: "\n"))
            #expect(result.status == 0, "\(source): \(result.errors)")
            #expect(result.output == wanted, "\(source)")
            #expect(result.errors.isEmpty, "\(source)")
        }
    }

    @Test func ordersChangeTheModelTheAudienceAndTheSettings() throws {
        let server = try RunningServer(models: [Self.red, Self.blue])
        let wanted =
            try words(of: server, to: ["Hi"], session: "s", #""seed":1"#)
            + words(of: server, to: ["Hi"], model: "blue", session: "s", #""seed":1"#)
            + words(
                of: server, to: ["Hi"], model: "blue", session: "s",
                #""seed":1,"audience":"dad","length":3"#)
            + words(of: server, to: ["And?"], session: "s", #""seed":1,"length":3"#)
        let input = """
            /set seed 1
            Hi
            /model blue
            Hi
            /audience dad
            /set length 3
            Hi
            /model red
            /audience mom
            And?

            """
        for source in [
            ["--config_path", server.folder.path("server_config.json")], ["--url", server.url],
        ] {
            let result = try Program.dixie.run(
                ["chat", "--audience", "mom", "--model", "red"] + source, input: input)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == wanted, "\(source)")
        }
    }

    @Test func aRetryAndAResetAreAskedAsIfForTheFirstTime() throws {
        let server = try RunningServer(models: [Self.red])
        let first = try words(of: server, to: ["Hi"], session: "s", #""seed":1"#)
        let path = server.folder.path("server_config.json")
        for source in [["--config_path", path], ["--url", server.url, "--audience", "mom"]] {
            let result = try Program.dixie.run(
                ["chat", "--seed", "1"] + source, input: "Hi\n/retry\n/reset\nHi\n")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == first + first + first)
        }
        let local = try Program.dixie.run(
            ["chat", "--seed", "1", "--config_path", path], input: "Hi\nAnd?\n/retry\n")
        let lines = try words(of: server, to: ["Hi", "And?"], session: "t", #""seed":1"#)
        #expect(local.output == lines + lines.dropFirst(first.count))
        let remote = try Program.dixie.run(
            ["chat", "--seed", "1", "--url", server.url], input: "Hi\nAnd?\n/retry\nHi\n")
        #expect(remote.status == 1 && remote.output == lines)
        #expect(remote.errors.hasPrefix("Error: the server remembers this chat"))
    }

    @Test func aKeyComesFromTheEnvironmentAndIsNowhereElse() throws {
        let key = "a-key-for-chats-000001"
        let server = try RunningServer(models: [Self.red], settings: #""api_keys": ["\#(key)"], "#)
        let wanted = try words(of: server, to: ["Hi"], session: "s", #""seed":3"#, key: key)
        let chat = ["chat", "--url", server.url, "--seed", "3"]
        let none = ["DIXIE_API_KEY": ""]
        for (options, environment) in [
            ([], ["DIXIE_API_KEY": key]),
            (["--key_env", "MY_KEY"], ["MY_KEY": key, "DIXIE_API_KEY": "wrong"]),
        ] {
            let result = try Program.dixie.run(
                chat + options, input: "Hi", environment: environment)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == wanted)
        }
        for (options, environment, reason) in [
            ([], ["DIXIE_API_KEY": key + "x"], "holds another"), ([], none, "is not set"),
            ([], ["DIXIE_API_KEY": key + " x"], "is no key"),
            (["--key_env", "NOT_SET_HERE"], none, "which is not set"),
        ] {
            let result = try Program.dixie.run(
                chat + options, input: "Hi", environment: environment)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(reason))
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(!result.errors.contains(key))
        }
        #expect(!server.log.soFar.contains(key))
    }

    @Test func aSavedChatIsTrainingData() throws {
        let server = try RunningServer(models: [Self.red])
        let config = ["--config_path", server.folder.path("server_config.json")]
        let path = server.folder.path("chat.txt")
        let chat = ["chat", "--seed", "1"]
        let saved = try Program.dixie.run(
            chat + config, input: "Hi <EOM>\nAnd?\n/save \(path)\n/history\n")
        #expect(saved.status == 0, "\(saved.errors)")
        #expect(saved.errors.contains("saved 4 lines") && saved.errors.contains("mom: And?"))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("1|mom|Hi <EOM>\n0|mom|"))
        let check = try Program.dixie.run(
            ["dataset", "check", path, "--model_name", fixture("models/red").path])
        #expect(check.status == 0, "\(check.output)")
        let again = try Program.dixie.run(
            chat + config, input: "Other words\n/save \(path)\nmore\n")
        #expect(again.status == 1 && again.errors.contains("is there already"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        let nameless = try Program.dixie.run(
            chat + ["--url", server.url], input: "Hi\n/save! \(path)\n")
        #expect(nameless.status == 1 && nameless.errors.contains("/audience NAME"))
    }

    @Test func theFirstThingThatGoesWrongEndsAScript() throws {
        let server = try RunningServer(models: [Self.red])
        let config = ["--config_path", server.folder.path("server_config.json")]
        let long = String(repeating: "word ", count: 200)
        for (options, input, reason) in [
            (config, "/nonsense\nHi\n", "there is no /nonsense; there are /help"),
            (config, "/set top_p 2\nHi\n", "top_p must be a number from 0 to 1"),
            (config, "/model none\nHi\n", "there is no model none; there are red"),
            (config, "\(long)\nHi\n", "tokens long and there is room for"),
            (config + ["--length", "128"], "Hi\n", "does not fit this model"),
            (["--url", server.url], "\(long)\nHi\n", "the server answered 400: the message is"),
            (["--url", server.url, "-m", "128"], "Hi\n", "answered 400: a length of 128"),
            (config + ["--model", "none"], "Hi\n", "there is no model none; there are red"),
            (["--url", server.url, "--model", "none"], "Hi\n", "there are red"),
            (["--url", "http://127.0.0.1:1"], "Hi\n", "cannot connect to 127.0.0.1:1"),
            (["--config_path", "/none.json"], "Hi\n", "there is no such file"),
            (["--restore_from", "/none"], "Hi\n", "/none"),
        ] {
            let result = try Program.dixie.run(["chat"] + options, input: input)
            #expect(result.status == 1, "\(options): \(result.errors)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(reason), "\(reason): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test func keysAndCertificatesOfTheConfigurationAreNotNeeded() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            { "api_keys": [{ "env": "NOT_SET_HERE" }],
              "tls": { "certificates": [{ "certificate": "gone.pem", "key": "gone.pem" }] },
              "models": [ \(Self.red), { "key": "gone", "model_name": "gone" } ] }
            """, to: "server_config.json")
        let short = ["--length", "2", "--temperature", "0"]
        let result = try Program.dixie.run(
            ["chat", "--config_path", path] + short, input: "Hi\r\n\r\n/quit\nmore")
        #expect(result.status == 0, "\(result.errors)")
        let gone = try Program.dixie.run(
            ["chat", "--config_path", path] + short, input: "Hi\n/model gone\nmore")
        #expect(gone.status == 1 && gone.output == result.output)
        #expect(gone.errors.contains("gone"))
    }

    @Test func withoutAConfigurationItIsTheSample() throws {
        let folder = try TemporaryFolder()
        try folder.write(#"{ "models": [ \#(Self.red) ] }"#, to: "server_config.json.sample")
        let result = try Program.dixie.run(["chat", "-m", "2"], input: "Hi", in: folder.url)
        #expect(result.status == 0 && result.output.hasSuffix("\n"))
        #expect(result.errors.contains("server_config.json.sample"))
    }

    @Test(arguments: [
        ["--url", "http://127.0.0.1:1", "--config_path", "a"], ["--url", "127.0.0.1"],
        ["--restore_from", "a", "--config_path", "b"], ["--restore_from", ""],
        ["--restore_from", "a", "--model", "b"], ["--names", "mom"], ["--weights", "int8"],
        ["--restore_from", "a", "--names", "mom,"], ["--audience", "a|b"], ["--key_env", "A"],
        ["--temperature", "6"], ["--seed", "x"], ["--length", "0"], ["--api_key", "secret"],
    ])
    func wrongOptionsAreWrongUsage(options: [String]) throws {
        let result = try Program.dixie.run(["chat"] + options, input: "Hi")
        #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
        #expect(result.errors.hasPrefix("Error: "))
    }
}
