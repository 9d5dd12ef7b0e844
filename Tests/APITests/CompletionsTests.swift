import JSON
import TestSupport
import Testing

/// `POST /v1/completions` as OpenAI's clients send it.
struct CompletionsTests {
    private let base = #""model":"red","prompt":"What is the moon?","temperature":0"#
    private let reply = "TUSTUS cons cons"

    @Test func aCompletionHasTheFieldsOfItsType() async throws {
        let server = try LiveServer(
            models: LiveServer.model("red", #", "generation": {"penalize": 0}"#))
        let response = try await server.post("/v1/completions", "{\(base),\"max_tokens\":4}")
        let json = try response.json
        #expect(json["object"]?.string == "text_completion" && json["model"]?.string == "red")
        #expect(json["id"]?.string?.hasPrefix("cmpl-") == true)
        #expect((json["created"]?.integer ?? 0) > 1_700_000_000)
        let choice = try #require(json["choices"]?.array?.first)
        #expect(choice["text"]?.string == reply)
        #expect(choice["index"]?.integer == 0 && choice["logprobs"]?.isNull == true)
        #expect(choice["finish_reason"]?.string == "length")
        #expect(json["usage"]?["completion_tokens"]?.integer == 4)

        let plain = try await server.post("/v1/completions", "{\(base)}").json
        #expect(plain["usage"]?["completion_tokens"]?.integer == 16)
        let stopped = try await server.post("/v1/completions", #"{\#(base),"stop":" cons"}"#).json
        #expect(stopped["choices"]?.array?.first?["text"]?.string == "TUSTUS")
        #expect(stopped["choices"]?.array?.first?["finish_reason"]?.string == "stop")
    }

    @Test func aStreamIsThatOfTheWholeCompletion() async throws {
        let server = try LiveServer(
            models: LiveServer.model("red", #", "generation": {"penalize": 0}"#))
        let response = try await server.post(
            "/v1/completions",
            #"{\#(base),"max_tokens":4,"stream":true,"stream_options":{"include_usage":true}}"#)
        #expect(response.events.last == "[DONE]")
        let chunks = try response.events.dropLast().map { try JSONParser.parse($0) }
        #expect(Set(chunks.compactMap { $0["id"]?.string }).count == 1)
        #expect(chunks.allSatisfy { $0["object"]?.string == "text_completion" })
        let choices = chunks.dropLast().compactMap { $0["choices"]?.array?.first }
        #expect(choices.compactMap { $0["text"]?.string }.joined() == reply)
        #expect(choices.last?["finish_reason"]?.string == "length")
        #expect(choices.dropLast().allSatisfy { $0["finish_reason"]?.isNull == true })
        #expect(chunks.dropLast().allSatisfy { $0["usage"]?.isNull == true })
        #expect(chunks.last?["choices"]?.array == [])
        #expect(chunks.last?["usage"]?["completion_tokens"]?.integer == 4)
    }

    @Test func tokensThatWereComputedBeforeAreCountedButNeverForAnotherKey() async throws {
        let keys = #""api_keys": ["kitchen-key", "hall-key"], "#
        let server = try LiveServer(top: keys)
        func cached(_ key: String, server: LiveServer) async throws -> Int? {
            let body =
                #"{"model":"red","prompt":"The moon is far away and it is round, and the earth is near and round as well.","seed":1}"#
            let answer = try await server.post(
                "/v1/completions", body, headers: "Authorization: Bearer \(key)¶")
            let usage = try answer.json["usage"]
            let count = usage?["prompt_tokens_details"]?["cached_tokens"]?.integer
            #expect(count == 0 || count == (usage?["prompt_tokens"]?.integer ?? 0) - 1)
            return count
        }
        #expect(try await cached("kitchen-key", server: server) == 0)
        #expect(try await cached("hall-key", server: server) == 0)
        #expect(try await cached("kitchen-key", server: server) ?? 0 >= 16)
        let without = try LiveServer(top: keys + #""prefix_cache": 0, "#)
        for _ in 0..<2 { #expect(try await cached("hall-key", server: without) == 0) }
    }

    @Test func promptsOfTokensAreTaken() async throws {
        let server = try LiveServer()
        for prompt in ["[72]", "[[72]]", #"["i"]"#, #""i""#] {
            let response = try await server.post(
                "/v1/completions", #"{"model":"red","prompt":\#(prompt),"max_tokens":1}"#)
            #expect(try response.json["usage"]?["prompt_tokens"]?.integer == 1)
        }
        for prompt in [
            "[]", "[[]]", #""""#, #"["a",1]"#, "[1000]", "[-1]", "[99999999999]", "1", "{}",
            #"["a","b",{}]"#,
        ] {
            let response = try await server.post(
                "/v1/completions", #"{"model":"red","prompt":\#(prompt),"max_tokens":1}"#)
            #expect(response.status == 400 && response.param == "prompt", "\(prompt)")
        }
    }

    @Test func whatWouldBeAnsweredWronglyIsRefusedAndTheRestIgnored() async throws {
        let server = try LiveServer()
        for (field, value) in [
            ("n", "65"), ("n", "0"), ("best_of", "65"), ("echo", "1"), ("logprobs", "21"),
            ("suffix", #""x""#), ("temperature", "2.1"), ("top_p", "1.1"), ("max_tokens", "0"),
            ("max_tokens", "128"), ("presence_penalty", "2.1"), ("frequency_penalty", "-2.1"),
            ("logit_bias", #"{"1000":1}"#), ("logit_bias", #"{"x":1}"#), ("logit_bias", "[1]"),
            ("logit_bias", #"{"1":101}"#), ("stream_options", "1"),
        ] {
            let stream = field == "stream_options" ? #","stream":true"# : ""
            let response = try await server.post(
                "/v1/completions", #"{"model":"red","prompt":"a","\#(field)":\#(value)\#(stream)}"#)
            #expect(response.status == 400 && response.param == field, "\(field): \(response.text)")
            #expect(try response.json["error"]?["type"]?.string == "invalid_request_error")
        }
        let response = try await server.post(
            "/v1/completions",
            #"{"prompt":"a","max_tokens":1,"user":"u","n":1,"best_of":1,"echo":false,"foo":{},"#
                + #""logit_bias":{"0":-100},"presence_penalty":-2,"frequency_penalty":2}"#)
        #expect(response.status == 200)
        let unknown = try await server.post(
            "/v1/completions", #"{"model":"../../etc/passwd","prompt":"a"}"#)
        #expect(unknown.status == 404 && unknown.param == "model")
        #expect(!unknown.text.contains("passwd"))
    }

    @Test func aBiasDecidesTheToken() async throws {
        let server = try LiveServer()
        let response = try await server.post(
            "/v1/completions", #"{\#(base),"max_tokens":3,"logit_bias":{"72":100}}"#)
        #expect(try response.json["choices"]?.array?.first?["text"]?.string == "iii")
    }
}
