import JSON
import TestSupport
import Testing

@testable import API

/// Ollama's requests as Home Assistant and the official client send them.
struct OllamaTests {
    private func server() throws -> LiveServer {
        try LiveServer(
            models: [
                LiveServer.model("red"), LiveServer.model("blue", #", "sanitizer": "chatbot""#),
            ].joined(separator: ","))
    }

    private func lines(_ response: ReceivedResponse) throws -> [JSONValue] {
        try response.text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
    }

    @Test func aChatIsStreamedByTheLine() async throws {
        let server = try server()
        let rest =
            #""messages":[{"role":"system","content":"x"},{"role":"user","content":"Hi"}],"#
            + #""options":{"temperature":0,"num_predict":6,"num_ctx":8192},"keep_alive":"5m""#
        let response = try await server.post("/api/chat", #"{"model":"red:latest",\#(rest)}"#)
        #expect(response.headers["content-type"] == "application/x-ndjson")
        let rows = try lines(response)
        #expect(rows.dropLast().allSatisfy { $0["done"]?.bool == false })
        #expect(rows.allSatisfy { $0["model"]?.string == "red:latest" })
        #expect(rows.allSatisfy { $0["created_at"]?.string?.hasSuffix("Z") == true })
        let last = try #require(rows.last)
        #expect(last["done"]?.bool == true && last["done_reason"]?.string == "length")
        #expect(last["eval_count"]?.integer == 6)
        for name in ["total_duration", "prompt_eval_duration", "eval_duration"] {
            #expect((last[name]?.integer ?? -1) > 0)
        }
        let text = rows.compactMap { $0["message"]?["content"]?.string }.joined()
        let whole = try await server.post("/api/chat", #"{"model":"red",\#(rest),"stream":false}"#)
        #expect(try whole.json["message"]?["content"]?.string == text)
        let chat = try await server.post(
            "/v1/chat/completions",
            #"{"model":"red","max_tokens":6,"temperature":0,"messages":[{"role":"user","content":"Hi"}]}"#
        ).json
        #expect(chat["choices"]?.array?.first?["message"]?["content"]?.string == text)
    }

    @Test func aPersonaIsSpokenToAndATextIsGoneOnFrom() async throws {
        let server = try server()
        func generate(_ fields: String) async throws -> JSONValue {
            try await server.post(
                "/api/generate",
                #"{"prompt":"Hi","stream":false,"options":{"temperature":0,"num_predict":5},\#(fields)}"#
            ).json
        }
        func tokens(_ json: JSONValue) -> Int? { json["prompt_eval_count"]?.integer }
        let text = try await generate(#""model":"red""#)
        let spoken = try await generate(#""model":"blue""#)
        let raw = try await generate(#""model":"blue","raw":true"#)
        #expect(tokens(text) == tokens(raw))
        #expect(try #require(tokens(spoken)) > #require(tokens(raw)))
        #expect(text["response"]?.string?.isEmpty == false)
    }

    @Test func modelsAreListedLoadedAndUnloaded() async throws {
        let server = try server()
        func loaded() async throws -> [String] {
            try await server.get("/api/ps").json["models"]?.array?.compactMap {
                $0["name"]?.string
            } ?? []
        }
        let tags = try await server.get("/api/tags").json["models"]?.array ?? []
        #expect(tags.compactMap { $0["model"]?.string } == ["red", "blue"])
        #expect(try await loaded() == ["red", "blue"])
        let gone = try await server.post("/api/generate", #"{"model":"red","keep_alive":0}"#)
        #expect(try gone.json["done_reason"]?.string == "unload")
        #expect(try await loaded() == ["blue"])
        // Ollama's program takes the first twelve digits of each.
        let digests = try await server.get("/api/tags").json["models"]?.array ?? []
        #expect(digests.allSatisfy { ($0["digest"]?.string ?? "").utf8.count >= 12 })
        let back = try await server.post("/api/chat", #"{"model":"red","messages":[]}"#)
        #expect(try back.json["done_reason"]?.string == "load")
        #expect(try await loaded() == ["red", "blue"])
        // As Ollama's program has it.
        let show = try await server.post("/api/show", #"{"model":"","name":"red"}"#).json
        #expect(show["capabilities"]?.array == ["completion"])
        #expect((show["model_info"]?["gpt2.context_length"]?.integer ?? 0) > 0)
        #expect(try await server.get("/api/version").json["version"]?.string?.isEmpty == false)
    }

    @Test func whatDoesNotFitLosesItsBeginning() async throws {
        let server = try server()
        let long = String(repeating: "so it was ", count: 200)
        for options in ["", #","options":{}"#] {
            let answer = try await server.post(
                "/api/generate",
                #"{"model":"red","prompt":"\#(long)","stream":false\#(options)}"#)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test func aModelOfTextsHearsTheSystemIfItIsToBeHeard() async throws {
        let models = [
            LiveServer.model("red", #", "system": "prepend""#), LiveServer.model("blue"),
        ]
        let server = try LiveServer(models: models.joined(separator: ","))
        func tokens(_ model: String, _ system: String) async throws -> Int? {
            try await server.post(
                "/api/generate",
                #"{"model":"\#(model)","prompt":"a b","system":"\#(system)","stream":false,"#
                    + #""options":{"num_predict":1}}"#
            ).json["prompt_eval_count"]?.integer
        }
        #expect(try await tokens("red", "Be kind.") ?? 0 > tokens("red", "") ?? 0)
        #expect(try await tokens("blue", "Be kind.") == tokens("blue", ""))
    }

    @Test func errorsAreSaidAsOllamaDoes() async throws {
        let server = try LiveServer(top: #""api_keys": ["a-key-that-is-asked-for"],"#)
        let key = "Authorization: Bearer a-key-that-is-asked-for¶"
        for (path, body, status, headers) in [
            ("/api/chat", #"{"model":"nope","messages":[]}"#, 404, key),
            ("/api/pull", #"{"model":"nope"}"#, 404, key),
            ("/api/chat", #"{"model":"red","messages":[]}"#, 401, ""),
            ("/api/chat", "{", 400, key), ("/api/chat", "{}", 400, key),
            ("/api/chat", #"{"model":"red","messages":[1]}"#, 400, key),
            ("/api/chat", #"{"model":"red","messages":[],"format":"json"}"#, 400, key),
            ("/api/generate", #"{"model":"red","prompt":"a","options":1}"#, 400, key),
            ("/api/generate", #"{"model":"red","prompt":"a","suffix":"b"}"#, 400, key),
            ("/api/generate", #"{"model":"red","keep_alive":"soon"}"#, 400, key),
        ] {
            let response = try await server.post(path, body, headers: headers)
            #expect(response.status == status, "\(path) \(body)")
            #expect(try response.json["error"]?.string?.isEmpty == false, "\(response.text)")
        }
    }
}
