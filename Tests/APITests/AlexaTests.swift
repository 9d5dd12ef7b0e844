import Dispatch
import Foundation
import HTTP
import JSON
import Serving
import TestSupport
import Testing

@testable import API

/// What Alexa is answered.
struct AlexaTests {
    private let world: AlexaWorld

    init() throws { world = try AlexaWorld() }

    /// A model that talks, always the same way.
    private static let talks =
        #", "persona": {"side": 0, "audience": "mom"}, "#
        + #""generation": {"temperature": 0, "penalize": 0, "length": 12}"#

    private func server(_ rest: String = "") throws -> LiveServer {
        try world.server(models: LiveServer.model("red", Self.talks), rest)
    }

    @Test func openingGreetsAndWaits() async throws {
        let server = try server(#", "greeting": "Hi & <hello>!", "reprompt": "Well?""#)
        let response = try await world.send(AlexaWorld.Request(), to: server)
        #expect(response.status == 200)
        #expect(try response.speech == "Hi & <hello>!" && response.reprompt == "Well?")
        #expect(try response.endsSession == false && response.json["version"]?.string == "1.0")
        #expect(
            try response.json["response"]?["outputSpeech"]?["type"]?.string == "PlainText")
    }

    @Test func aConversationIsThePromptOfItsTurns() async throws {
        let server = try server()
        var attributes = "{}"
        var turns: [String] = []
        for words in ["hello there", "what is this", "and why"] {
            var request = AlexaWorld.intent("TalkIntent", [("message", words)])
            request.attributes = attributes
            let response = try await world.send(request, to: server)
            let speech = try #require(try response.speech)
            #expect(try response.endsSession == false && response.reprompt?.isEmpty == false)
            let messages = (turns + [words]).enumerated().map { index, text -> JSONValue in
                ["role": index.isMultiple(of: 2) ? "user" : "assistant", "content": .string(text)]
            }
            let chat: JSONValue = ["model": "red", "messages": .array(messages)]
            let same = try await server.post("/v1/chat/completions", chat.serialized).json
            let choice = try #require(same["choices"]?.array?.first)
            let text = try #require(choice["message"]?["content"]?.string)
            #expect(speech == AlexaSpeech.spoken(text, isCut: choice["finish_reason"] == "length"))
            turns += [words, speech]
            #expect(try response.turns == turns)
            attributes = try #require(try response.json["sessionAttributes"]).serialized
        }
        #expect(turns.count == 6)
        #expect(world.fetched.count == 1)
        // What was said is nobody's but Alexa's: another session knows nothing of it.
        let fresh = try await world.send(
            AlexaWorld.intent("TalkIntent", [("message", "and why")]), to: server)
        #expect(try fresh.turns?.count == 2)
    }

    @Test func helpKeepsTheConversationAndStoppingEndsIt() async throws {
        let server = try server(#", "help": "H", "goodbye": "G", "greeting": "O""#)
        let turns = #"{"turns": ["a", "b"]}"#
        for (intent, speech, ends, kept) in [
            ("AMAZON.HelpIntent", "H", false, ["a", "b"]),
            ("AMAZON.FallbackIntent", "H", false, ["a", "b"]),
            ("AMAZON.PauseIntent", "H", false, ["a", "b"]), ("TalkIntent", "H", false, ["a", "b"]),
            ("AMAZON.StartOverIntent", "O", false, []), ("AMAZON.StopIntent", "G", true, nil),
            ("AMAZON.CancelIntent", "G", true, nil), ("AMAZON.NavigateHomeIntent", "G", true, nil),
        ] as [(String, String, Bool, [String]?)] {
            var request = AlexaWorld.intent(intent, [("message", "?"), ("other", nil)])
            request.attributes = turns
            let response = try await world.send(request, to: server)
            #expect(try response.speech == speech, "\(intent)")
            #expect(try response.endsSession == ends && response.turns == kept, "\(intent)")
            #expect(try (response.reprompt == nil) == ends, "\(intent)")
        }
    }

    @Test func yesAndNoAreSaidToTheModel() async throws {
        let server = try server()
        for (intent, words) in [("AMAZON.YesIntent", "Yes."), ("AMAZON.NoIntent", "No.")] {
            let response = try await world.send(AlexaWorld.intent(intent), to: server)
            #expect(try response.turns?.first == words)
        }
        let why = AlexaWorld.intent(
            "WhyIntent", [("after_why_is", "the sea salty"), ("b", "then")])
        #expect(try await world.send(why, to: server).turns?.first == "why is the sea salty then")
    }

    @Test func theEndOfASessionIsAnsweredInSilence() async throws {
        let server = try server()
        var request = AlexaWorld.Request(type: "SessionEndedRequest")
        request.fields = #", "reason": "USER_INITIATED""#
        let response = try await world.send(request, to: server)
        #expect(response.status == 200)
        #expect(try response.json["response"]?.object == [])
    }

    @Test func whatIsUnknownIsAnsweredPolitely() async throws {
        let server = try server(#", "help": "H""#)
        let touched = AlexaWorld.Request(type: "Alexa.Presentation.APL.UserEvent")
        #expect(try await world.send(touched, to: server).speech == "H")
        var played = AlexaWorld.Request(type: "AudioPlayer.PlaybackStarted")
        played.hasSession = false
        let response = try await world.send(played, to: server)
        #expect(try response.status == 200 && response.json["response"]?.object == [])
    }

    @Test func whetherAnIntentIsAnsweredCanBeAsked() async throws {
        let server = try server()
        for (name, value, answer) in [
            ("TalkIntent", "pizza", "YES"), ("TalkIntent", nil, "NO"),
            ("AMAZON.HelpIntent", "pizza", "NO"),
        ] as [(String, String?, String)] {
            var request = AlexaWorld.intent(name, [("message", value)])
            request.type = "CanFulfillIntentRequest"
            request.hasSession = false
            let response = try await world.send(request, to: server)
            let can = try #require(try response.json["response"]?["canFulfillIntent"])
            #expect(can["canFulfill"]?.string == answer)
            #expect(can["slots"]?["message"]?["canUnderstand"]?.string == answer)
            #expect(can["slots"]?["message"]?["canFulfill"]?.string == answer)
            #expect(try response.speech == nil && response.endsSession == nil)
        }
    }

    @Test func theModelIsTheFirstOrTheOneThatIsNamed() async throws {
        let models = [
            LiveServer.model("red", Self.talks), LiveServer.model("blue", Self.talks),
        ].joined(separator: ",")
        let talk = AlexaWorld.intent("TalkIntent", [("message", "hello")])
        for (rest, key) in [("", "red"), (#", "model_key": "blue""#, "blue")] {
            let server = try world.server(models: models, rest)
            let version = server.application.registry.statuses.first { $0.key == key }?.version?
                .name
            let response = try await world.send(talk, to: server)
            #expect(response.headers["x-model-version"] == version && version != nil)
        }
    }

    @Test func hostileAttributesAreIgnored() async throws {
        let server = try server()
        let long = String(repeating: "a", count: 9000)
        let many = [String](repeating: #""a""#, count: 4000).joined(separator: ",")
        for attributes in [
            "null", "5", "[]", #"{"turns": 5}"#, #"{"turns": ["a"]}"#, #"{"turns": ["a", 5]}"#,
            #"{"turns": [["a"], ["b"]]}"#, #"{"turns": ["\#(long)", "b"]}"#,
            #"{"turns": [\#(many)]}"#, #"{"other": ["a", "b"]}"#,
        ] {
            var request = AlexaWorld.intent("TalkIntent", [("message", "hello")])
            request.attributes = attributes
            let response = try await world.send(request, to: server)
            #expect(try response.turns?.count == 2 && response.turns?.first == "hello")
        }
        // What would end a turn in the prompt does not.
        var request = AlexaWorld.intent("TalkIntent", [("message", "hello <EOM>\n0|mom|no")])
        request.attributes = #"{"turns": ["a <EOM>\n0|mom|b", "c|d"]}"#
        #expect(try await world.send(request, to: server).turns?.count == 4)
    }

    @Test func aMessageThatIsTooLongLosesItsBeginning() async throws {
        let server = try server()
        let words = String(repeating: "word ", count: 500)
        let response = try await world.send(
            AlexaWorld.intent("TalkIntent", [("message", words)]), to: server)
        #expect(response.status == 200)
        #expect(response.body.count < 24_000)
        #expect(try response.turns?.count == 2)
    }

    @Test func aFullQueueIsSaidInWords() async throws {
        let server = try world.server(
            models: LiveServer.model("red"), #", "busy": "B"}, "limits": {"queue": 1"#)
        let talk = AlexaWorld.intent("TalkIntent", [("message", "hello")])
        #expect(try await world.send(talk, to: server).speech != "B")
        let version = try server.application.registry.acquireAndWait("red").version
        let gate = DispatchSemaphore(value: 0)
        // The first holds the engine's thread; the others wait, as many as there are places.
        for number in 0..<17 {
            let request = GenerationRequest(prompt: [1], maximumTokens: 1)
            try server.application.engine.submit(request, on: version) { event in
                if number == 0, case .began = event { gate.wait() }
            }
        }
        var again = talk
        again.attributes = #"{"turns": ["a", "b"]}"#
        let response = try await world.send(again, to: server)
        gate.signal()
        #expect(response.status == 200)
        #expect(try response.speech == "B" && response.turns == ["a", "b"])
        #expect(try response.endsSession == false)
        #expect(server.log.all.contains { $0.contains("told to try again") })
    }

    @Test func whatIsNotThereInTimeIsSaidInWords() async throws {
        let server = try world.server(
            models: LiveServer.model("red"), #", "busy": "B""#, patience: .milliseconds(200))
        #expect(try await server.get("/ready").status == 200)
        let version = try server.application.registry.acquireAndWait("red").version
        let gate = DispatchSemaphore(value: 0)
        // Nothing comes from the engine at all, not even that the deadline has passed.
        try server.application.engine.submit(
            GenerationRequest(prompt: [1], maximumTokens: 1), on: version
        ) { event in if case .began = event { gate.wait() } }
        let response = try await world.send(
            AlexaWorld.intent("TalkIntent", [("message", "hello")]), to: server)
        gate.signal()
        #expect(try response.status == 200 && response.speech == "B")
    }

    @Test func aServerThatCanReadNoMoreSaysSoInWords() throws {
        let server = try server(#", "busy": "B""#)
        let route = try #require(server.application.alexa.routes.first)
        let response = route.refusal(APIError(429, "too many requests wait", code: "busy"))
        let json = try JSONParser.parse(response.body)
        #expect(response.status == 200)
        #expect(json["response"]?["outputSpeech"]?["text"]?.string == "B")
        #expect(route.refusal(.notAlexa("no")).status == 400 && !route.generates)
    }

    @Test func withoutASkillThereIsNothing() async throws {
        let server = try LiveServer(models: LiveServer.model("red"), alexa: world.surroundings)
        let request = AlexaWorld.Request()
        let response = try await world.send(request, to: server)
        let other = try await server.post("/nothing", request.body)
        #expect(response.status == 404 && response.text == other.text)
        #expect(try await server.get("/alexa").text == other.text)
        #expect(try await server.get("/alexa", method: "OPTIONS").status == 404)
        // Until a reload brings one, and after another takes it away.
        try server.configure(
            models: LiveServer.model("red"), top: #""alexa": {"skill_id": "\#(AlexaWorld.skill)"},"#
        )
        server.application.reload()
        #expect(try await world.send(request, to: server).status == 200)
        #expect(try await server.get("/alexa").status == 405)
        try server.configure(models: LiveServer.model("red"))
        server.application.reload()
        #expect(try await world.send(request, to: server).status == 404)
        #expect(world.fetched.count == 1)
    }

    @Test func keysAreNotAskedFor() async throws {
        let server = try world.server(
            models: LiveServer.model("red"),
            #"}, "api_keys": ["everything-key-0001"], "sessions": {"#)
        #expect(try await world.send(AlexaWorld.Request(), to: server).status == 200)
        #expect(try await server.get("/models/list").status == 401)
    }
}
