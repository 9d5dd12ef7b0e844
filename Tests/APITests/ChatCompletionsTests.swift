import JSON
import TestSupport
import Testing

@testable import API

/// `POST /v1/chat/completions` and `GET /v1/models` as OpenAI's clients send them.
struct ChatCompletionsTests {
    private let path = "/v1/chat/completions"
    private let hello = #""messages":[{"role":"user","content":"What is the moon?"}]"#

    private func server(_ rest: String = "") throws -> LiveServer {
        try LiveServer(
            models: LiveServer.model(
                "red", #", "persona": {"side": 0, "audience": "mom"}, "names": ["mom"]\#(rest)"#))
    }

    /// The reply to a prompt in the form that the model was tuned on.
    private func reply(_ server: LiveServer, to prompt: String) async throws -> String? {
        let body: JSONValue = [
            "model": "red", "prompt": .string(prompt), "temperature": 0, "max_tokens": 6,
        ]
        let json = try await server.post("/v1/completions", body.serialized).json
        return json["choices"]?.array?.first?["text"]?.string
    }

    private func answer(_ server: LiveServer, _ messages: String) async throws -> String? {
        let response = try await server.post(
            path, #"{"model":"red","temperature":0,"max_tokens":6,"messages":[\#(messages)]}"#)
        #expect(response.status == 200, "\(response.text)")
        return try response.json["choices"]?.array?.first?["message"]?["content"]?.string
    }

    private let talk = #"""
        {"role":"system","content":"Be kind."},{"role":"user","content":"Hi\nthere"},
        {"role":"assistant","content":"Hello"},
        {"role":"user","content":[{"type":"text","text":"What "},{"type":"text","text":"now?"}]}
        """#
    private let turns = "1|mom|Hi there <EOM>\n0|mom|Hello <EOM>\n1|mom|What now? <EOM>\n0|mom|"

    @Test func messagesAreTheTurnsOfAChat() async throws {
        let server = try server()
        #expect(try await answer(server, talk) == reply(server, to: turns))
        // Where the persona spoke last, it goes on.
        #expect(
            try await answer(
                server, #"{"role":"user","content":"a"},{"role":"assistant","content":"b"}"#)
                == reply(server, to: "1|mom|a <EOM>\n0|mom|b <EOM>\n0|mom|"))
    }

    /// As clients have it that say what a tool was called with.
    @Test func anAssistantMayHaveSaidNothing() async throws {
        let asked = #"{"role":"user","content":"a"}"#
        let server = try server()
        for silent in [#"{"role":"assistant"}"#, #"{"role":"assistant","content":null}"#] {
            #expect(
                try await answer(server, "\(asked),\(silent),\(asked)")
                    == reply(server, to: "1|mom|a <EOM>\n0|mom| <EOM>\n1|mom|a <EOM>\n0|mom|"))
        }
    }

    @Test(arguments: [("drop", ""), ("prepend", "Be kind.\n"), ("truncate", "Be kind.\n")])
    func aSystemMessageIsTreatedAsTheModelWants(policy: String, start: String) async throws {
        let server = try server(#", "system": "\#(policy)""#)
        #expect(try await answer(server, talk) == reply(server, to: start + turns))
    }

    @Test func aLongSystemMessageIsRefusedOrCut() async throws {
        let system = String(repeating: "kindness ", count: 200)
        let messages =
            #"{"role":"developer","content":"\#(system)"},{"role":"user","content":"a"}"#
        let refused = try await server(#", "system": "prepend""#).post(
            path, #"{"model":"red","messages":[\#(messages)]}"#)
        #expect(refused.status == 400 && refused.param == "messages")
        let cutting = try server(#", "system": "truncate""#)
        #expect(try await answer(cutting, messages) != nil)
    }

    @Test func aReplyHasTheFieldsOfItsType() async throws {
        let response = try await server().post(
            path,
            #"{"model":"red",\#(hello),"max_completion_tokens":4,"logprobs":true,"top_logprobs":2}"#
        )
        let json = try response.json
        #expect(json["object"]?.string == "chat.completion")
        #expect(json["id"]?.string?.hasPrefix("chatcmpl-") == true)
        let choice = try #require(json["choices"]?.array?.first)
        #expect(choice["message"]?["role"]?.string == "assistant")
        #expect(choice["finish_reason"]?.string == "length")
        let tokens = try #require(choice["logprobs"]?["content"]?.array)
        #expect(tokens.count == 4)
        for token in tokens {
            #expect((token["logprob"]?.number ?? 1) <= 0)
            #expect(token["top_logprobs"]?.array?.count == 2)
            let bytes = token["bytes"]?.array?.compactMap { $0.integer.flatMap(UInt8.init) } ?? []
            #expect(String(decoding: bytes, as: UTF8.self) == token["token"]?.string)
        }
        #expect(json["usage"]?["completion_tokens"]?.integer == 4)
        #expect(json["system_fingerprint"]?.string?.isEmpty == false)
    }

    @Test func aStreamBeginsWithTheRoleAndEndsWithTheReason() async throws {
        let server = try server()
        let fields = #""model":"red",\#(hello),"max_tokens":5,"seed":1,"n":2,"temperature":1"#
        let whole = try await server.post(path, "{\(fields)}").json
        let response = try await server.post(
            path, #"{\#(fields),"stream":true,"stream_options":{"include_usage":true}}"#)
        #expect(response.events.last == "[DONE]")
        let chunks = try response.events.dropLast().map { try JSONParser.parse($0) }
        #expect(chunks.allSatisfy { $0["object"]?.string == "chat.completion.chunk" })
        #expect(Set(chunks.compactMap { $0["id"]?.string }).count == 1)
        #expect(chunks.last?["usage"]?["completion_tokens"]?.integer == 10)
        for index in 0..<2 {
            let rows = chunks.compactMap { $0["choices"]?.array?.first }
                .filter { $0["index"]?.integer == index }
            #expect(rows.first?["delta"]?["role"]?.string == "assistant")
            #expect(rows.compactMap { $0["finish_reason"]?.string }.count == 1)
            #expect(rows.last?["delta"] == .object([]))
            #expect(
                rows.compactMap { $0["delta"]?["content"]?.string }.joined()
                    == whole["choices"]?.array?[index]["message"]?["content"]?.string)
        }
    }

    @Test(arguments: [
        (#""messages":[]"#, "messages"), (#""messages":"hi""#, "messages"), ("", "messages"),
        (#""messages":[1]"#, "messages[0]"),
        (#""messages":[{"role":"system","content":"a"}]"#, "messages"),
        (#""messages":[{"role":"tool","content":"a"}]"#, "messages[0].role"),
        (#""messages":[{"content":"a"}]"#, "messages[0].role"),
        (#""messages":[{"role":"user","content":1}]"#, "messages[0].content"),
        (#""messages":[{"role":"user"}]"#, "messages[0].content"),
        (#""messages":[{"role":"system","content":null}]"#, "messages[0].content"),
        (
            #""messages":[{"role":"user","content":[{"type":"image_url"}]}]"#,
            "messages[0].content"
        ),
        (#""messages":[{"role":"user","content":"a"}],"top_logprobs":1"#, "top_logprobs"),
        (#""messages":[{"role":"user","content":"a"}],"tool_choice":"required""#, "tool_choice"),
        (
            #""messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_object"}"#,
            "response_format"
        ),
    ])
    func whatCannotBeAnsweredIsRefused(fields: String, param: String) async throws {
        let separator = fields.isEmpty ? "" : ","
        let response = try await server().post(path, "{\"model\":\"red\"\(separator)\(fields)}")
        #expect(response.status == 400 && response.param == param, "\(response.text)")
    }

    @Test func modelsAreThoseTheCallerMayUse() async throws {
        let server = try LiveServer(
            top: #""api_keys": ["all-the-models-123", {"id": "one", "models": ["blue"], "#
                + #""sha256": "# + "\"\(Self.hash)\"}],")
        let key = "Authorization: Bearer all-the-models-123¶"
        let list = try await server.get("/v1/models", headers: key).json
        #expect(list["object"]?.string == "list")
        #expect(list["data"]?.array?.compactMap { $0["id"]?.string } == ["red", "blue"])
        let one = try await server.get("/v1/models/blue", headers: key).json
        #expect(one["object"]?.string == "model" && (one["created"]?.integer ?? 0) > 1_700_000_000)
        let other = "Authorization: Bearer only-the-blue-model¶"
        let few = try await server.get("/v1/models", headers: other).json
        #expect(few["data"]?.array?.compactMap { $0["id"]?.string } == ["blue"])
        #expect(try await server.get("/v1/models/red", headers: other).status == 404)
        #expect(try await server.get("/v1/models").status == 401)
    }

    /// Of `only-the-blue-model`.
    private static let hash = "874df2ecd4a9bf8ec0f7bb9dd77156bd86836e3fb5644c90a0b020c3b09fe60b"
}
