import Foundation
import JSON
import TestSupport
import Testing

/// `POST /invocations` through real sockets, held to what PyTorch says.
struct InvocationsTests {
    private struct Replies: Decodable {
        struct Reply: Decodable {
            let prompt: String
            let reply: String
        }

        let length: Int
        let red: [Reply]
        let blue: [Reply]

        static func read() throws -> Replies {
            try JSONDecoder().decode(
                Replies.self, from: Data(contentsOf: fixture("models/replies.json")))
        }
    }

    private func body(_ fields: [(String, JSONValue)]) -> String {
        JSONValue.object(fields.map { JSONMember($0.0, $0.1) }).serialized
    }

    @Test func greedyRepliesAreThoseOfPyTorchWhateverModelIsAskedInBetween() async throws {
        let server = try LiveServer()
        let replies = try Replies.read()
        for (red, blue) in zip(replies.red, replies.blue) {
            for (key, expected) in [("red", red), ("blue", blue)] {
                let response = try await server.post(
                    "/invocations",
                    body([
                        ("model_key", .string(key)), ("raw_text", .string(expected.prompt)),
                        ("length", .integer(replies.length)), ("temperature", 0), ("penalize", 0),
                    ]))
                #expect(response.status == 200)
                #expect(response.text == expected.reply)
                #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
                #expect(response.headers["x-content-type-options"] == "nosniff")
            }
        }
        let list = try await server.get("/models/list").json
        #expect(list["models"]?.array?.map { $0["num_inferences"]?.integer } == [20, 20])
        #expect(list["active_model"]?["key"]?.string == "blue")
    }

    /// With limits of a byte, every piece of a stream holds the reply up until it is taken.
    @Test(arguments: ["", #""limits": {"write_high_bytes": 1, "write_low_bytes": 1},"#])
    func everyFormOfAReplyHasTheSameText(limits: String) async throws {
        let server = try LiveServer(top: limits)
        let replies = try Replies.read()
        for expected in replies.red.prefix(8) {
            func fields(_ more: (String, JSONValue)...) -> String {
                body(
                    [
                        ("model_key", "red"), ("raw_text", .string(expected.prompt + "\n")),
                        ("length", .integer(replies.length)), ("temperature", 0), ("penalize", 0),
                    ] + more)
            }
            let whole = try await server.post("/invocations", fields(("format", "json")))
            let version = try #require(whole.headers["x-model-version"])
            let json = try whole.json
            #expect(json["text"]?.string == expected.reply)
            #expect(json["finish_reason"]?.string == "length")
            #expect(json["model_key"]?.string == "red")
            #expect(json["model_version"]?.string?.count == 12)
            #expect(json["usage"]?["completion_tokens"]?.integer == replies.length)

            #expect(json["model_version"]?.string == version)

            let text = try await server.post("/invocations", fields(("stream", true)))
            #expect(text.headers["x-model-version"] == version)
            #expect(text.text == expected.reply)
            #expect(text.headers["transfer-encoding"] == "chunked")

            let stream = try await server.post(
                "/invocations", fields(("stream", true), ("format", "json")))
            #expect(stream.headers["content-type"] == "text/event-stream")
            #expect(stream.events.last == "[DONE]")
            let events = try stream.events.dropLast().map { try JSONParser.parse($0) }
            #expect(events.compactMap { $0["text"]?.string }.joined() == expected.reply)
            #expect(events.last?["finish_reason"]?.string == "length")
            #expect(events.last?["usage"] == json["usage"])
        }
    }

    @Test func aStopStringThatTokensSplitEndsTheReplyAndIsNotSent() async throws {
        let server = try LiveServer()
        for stop in [#""ons co""#, #"["never", "ons co"]"#] {
            for stream in ["true", "false"] {
                let response = try await server.post(
                    "/invocations",
                    #"{"model_key":"red","raw_text":"What is the moon?","length":40,"temperature":0,"#
                        + #""penalize":0,"stream":\#(stream),"stop":\#(stop)}"#)
                #expect(response.text == "TUSTUS c")
            }
        }
    }

    @Test func aSeedFixesTheReply() async throws {
        let server = try LiveServer()
        var texts: [String] = []
        for seed in [7, 7, 8] {
            texts.append(
                try await server.post(
                    "/invocations",
                    #"{"model_key":"red","raw_text":"Hello","length":30,"temperature":2,"top_p":0,"#
                        + #""top_k":0,"seed":\#(seed)}"#
                ).text)
        }
        #expect(texts[0] == texts[1])
        #expect(texts[0] != texts[2])
    }

    @Test func aDefaultLengthShrinksAndAnExplicitOneIsKeptOrRefused() async throws {
        let server = try LiveServer()
        // "a" before every blank is a token of its own.
        let long = "a" + String(repeating: " a", count: 120)
        func ask(_ more: String) async throws -> ReceivedResponse {
            try await server.post(
                "/invocations",
                #"{"model_key":"red","raw_text":"\#(long)","temperature":0,"format":"json"\#(more)}"#
            )
        }
        let usage = try await ask("").json["usage"]
        let prompt = try #require(usage?["prompt_tokens"]?.integer)
        #expect(usage?["completion_tokens"]?.integer == 128 - prompt)
        let fitting = try await ask(#","length":\#(128 - prompt)"#)
        #expect(fitting.status == 200)
        let refused = try await ask(#","length":\#(128 - prompt + 1)"#)
        #expect(refused.status == 400 && refused.param == "raw_text")
        #expect(refused.message.contains("truncate"))
        let cut = try await ask(#","length":100,"truncate":true"#).json["usage"]
        #expect(cut?["prompt_tokens"]?.integer == 28)
        #expect(cut?["completion_tokens"]?.integer == 100)
        let whole = try await ask(#","length":128,"truncate":true"#)
        #expect(whole.status == 400 && whole.param == "length")
    }

    @Test func aDeadlineThatPassesWhileTheRequestWaitsIs503() async throws {
        let server = try LiveServer(
            models: LiveServer.model("red", fixture: "red", #", "preload": false"#))
        let late = try await server.post(
            "/invocations", #"{"model_key":"red","raw_text":"Hello","deadline_ms":1}"#)
        // On time only if everything, loading included, took less than a millisecond.
        #expect(late.status == 503 && late.code == "deadline")
        #expect(late.headers["retry-after"] == "1")
    }
}
