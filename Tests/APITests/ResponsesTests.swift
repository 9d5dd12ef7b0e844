import JSON
import TestSupport
import Testing

@testable import API

/// `POST /v1/responses` as OpenAI's clients send it.
struct ResponsesTests {
    private let path = "/v1/responses"

    private func server() throws -> LiveServer {
        try LiveServer(models: LiveServer.model("red", #", "system": "prepend""#))
    }

    @Test func aResponseIsTheChatsCompletion() async throws {
        let server = try server()
        let rest = #""model":"red","temperature":0"#
        let response = try await server.post(
            path,
            #"{\#(rest),"instructions":"Be kind.","input":"Hi","max_output_tokens":4,"foo":1}"#)
        let json = try response.json
        #expect(json["object"]?.string == "response" && json["status"]?.string == "incomplete")
        #expect(json["incomplete_details"]?["reason"]?.string == "max_output_tokens")
        let item = try #require(json["output"]?.array?.first)
        #expect(item["type"]?.string == "message" && item["role"]?.string == "assistant")
        let chat = try await server.post(
            "/v1/chat/completions",
            #"{\#(rest),"max_tokens":4,"messages":[{"role":"system","content":"Be kind."},"#
                + #"{"role":"user","content":"Hi"}]}"#
        ).json
        #expect(
            item["content"]?.array?.first?["text"]
                == chat["choices"]?.array?.first?["message"]?["content"])
        #expect(json["usage"]?["output_tokens"]?.integer == 4)
        #expect(json["usage"]?["input_tokens"] == chat["usage"]?["prompt_tokens"])
        let items = try await server.post(
            path,
            #"{\#(rest),"max_output_tokens":4,"input":[{"type":"message","role":"developer","#
                + #""content":"Be kind."},{"role":"user","content":[{"type":"input_text","#
                + #""text":"Hi"}]}]}"#
        ).json
        #expect(items["output"]?.array?.first?["content"] == item["content"])
    }

    @Test func whatDoesNotFitIsLeftOutOnlyIfThatIsAskedFor() async throws {
        let server = try server()
        let turn = #"{"role":"user","content":"so it was and so it stayed"},"#
        let input = String(repeating: turn, count: 40) + #"{"role":"user","content":"Hi"}"#
        let fields = #""model":"red","max_output_tokens":4,"input":[\#(input)]"#
        let refused = try await server.post(path, "{\(fields)}")
        #expect(refused.status == 400 && refused.code == "context_length_exceeded")
        #expect(refused.param == "input" && refused.message.contains("truncation"))
        let taken = try await server.post(path, #"{\#(fields),"truncation":"auto"}"#)
        #expect(taken.status == 200)
        #expect(try taken.json["truncation"]?.string == "auto")
    }

    @Test func aMessageThatIsTooLongIsSaidToBe() async throws {
        let server = try server()
        let long = String(repeating: "so it was ", count: 200)
        for (path, fields, param) in [
            (path, #""model":"red","input":"\#(long)""#, "input"),
            (
                "/v1/chat/completions",
                #""model":"red","messages":[{"role":"user","content":"\#(long)"}]"#, "messages"
            ),
            ("/invocations", #""model_key":"red","message":"\#(long)""#, "message"),
        ] {
            let response = try await server.post(path, "{\(fields)}")
            #expect(response.status == 400 && response.code == "context_length_exceeded")
            #expect(response.param == param)
        }
    }

    @Test func itsStreamIsNumberedAndTellsAllAtTheEnd() async throws {
        let server = try server()
        let fields = #""model":"red","temperature":0,"input":"Hi","max_output_tokens":5"#
        let whole = try await server.post(path, "{\(fields)}").json
        let stream = try await server.post(path, #"{\#(fields),"stream":true}"#)
        let events = stream.text.split(separator: "\n\n").map {
            $0.split(separator: "\n", maxSplits: 1).map(String.init)
        }
        let parsed = try events.map { try JSONParser.parse(String($0[1].dropFirst(6))) }
        #expect(
            zip(events, parsed).allSatisfy { $0[0] == "event: \($1["type"]?.string ?? "")" })
        #expect(
            parsed.compactMap { $0["sequence_number"]?.integer } == Array(0..<parsed.count))
        let types = parsed.compactMap { $0["type"]?.string }
        #expect(
            types.prefix(4) == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added",
            ])
        #expect(
            types.suffix(4) == [
                "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.incomplete",
            ])
        let text = whole["output"]?.array?.first?["content"]?.array?.first?["text"]?.string
        #expect(parsed.compactMap { $0["delta"]?.string }.joined() == text)
        let last = parsed.last?["response"]
        #expect(last?["output"]?.array?.first?["content"]?.array?.first?["text"]?.string == text)
        #expect(last?["usage"]?["total_tokens"] == whole["usage"]?["total_tokens"])
    }

    @Test(arguments: [
        ("{}", "input"), (#"{"input":[]}"#, "input"), (#"{"input":3}"#, "input"),
        (#"{"input":"a","previous_response_id":"resp_1"}"#, "previous_response_id"),
        (#"{"input":"a","tool_choice":"required"}"#, "tool_choice"),
        (#"{"input":"a","max_output_tokens":0}"#, "max_output_tokens"),
        (#"{"input":"a","instructions":1}"#, "instructions"),
        (#"{"input":"a","truncation":"some"}"#, "truncation"),
        (#"{"input":"a","text":{"format":{"type":"json_object"}}}"#, "text"),
    ])
    func whatCannotBeAnsweredIsRefused(body: String, param: String) async throws {
        let response = try await server().post(path, body)
        #expect(response.status == 400 && response.param == param, "\(response.text)")
    }
}
