import JSON
import TestSupport
import Testing

@testable import API

/// Several prompts, several replies to each, what was said before them, and how likely it was.
struct CompletionChoicesTests {
    private func choices(
        _ server: LiveServer, _ fields: String
    ) async throws -> (choices: [JSONValue], json: JSONValue) {
        let response = try await server.post("/v1/completions", #"{"model":"red",\#(fields)}"#)
        #expect(response.status == 200, "\(response.text)")
        let json = try response.json
        return (json["choices"]?.array ?? [], json)
    }

    private func texts(_ choices: [JSONValue]) -> [String] {
        choices.compactMap { $0["text"]?.string }
    }

    @Test func promptsAndChoicesComeInOrder() async throws {
        let server = try LiveServer()
        let fields = #""n":3,"seed":7,"max_tokens":6,"temperature":1"#
        let (both, json) = try await choices(server, #""prompt":["moon","sun"],\#(fields)"#)
        #expect(both.compactMap { $0["index"]?.integer } == Array(0..<6))
        let first = try await choices(server, #""prompt":"moon",\#(fields)"#)
        let second = try await choices(server, #""prompt":"sun",\#(fields)"#)
        #expect(texts(both) == texts(first.choices) + texts(second.choices))
        #expect(Set(texts(first.choices)).count == 3)
        // Each prompt counts once, each reply for itself.
        let prompts = [first, second].compactMap { $0.json["usage"]?["prompt_tokens"]?.integer }
        #expect(json["usage"]?["prompt_tokens"]?.integer == prompts.reduce(0, +))
        #expect(json["usage"]?["completion_tokens"]?.integer == 36)
    }

    @Test func aStreamOfChoicesIsThatOfTheWhole() async throws {
        let server = try LiveServer()
        let fields =
            #""prompt":["moon","sun"],"n":2,"seed":7,"max_tokens":6,"logprobs":1,"echo":true"#
        let whole = try await choices(server, fields)
        let response = try await server.post(
            "/v1/completions", #"{"model":"red",\#(fields),"stream":true}"#)
        #expect(response.events.last == "[DONE]")
        let rows = try response.events.dropLast().compactMap {
            try JSONParser.parse($0)["choices"]?.array?.first
        }
        for (index, choice) in whole.choices.enumerated() {
            let own = rows.filter { $0["index"]?.integer == index }
            #expect(texts(own).joined() == choice["text"]?.string)
            #expect(own.compactMap { $0["finish_reason"]?.string } == ["length"])
            for name in ["tokens", "token_logprobs", "text_offset"] {
                #expect(
                    own.flatMap { $0["logprobs"]?[name]?.array ?? [] }
                        == choice["logprobs"]?[name]?.array)
            }
        }
    }

    @Test func anEchoHasThePromptAndItsScores() async throws {
        let server = try LiveServer()
        let fields = #""prompt":"the moon is","temperature":0,"max_tokens":3"#
        let plain = try await choices(server, fields).choices[0]
        let echo = try await choices(server, fields + #","echo":true,"logprobs":2"#).choices[0]
        let text = try #require(echo["text"]?.string)
        #expect(text == "the moon is" + (plain["text"]?.string ?? ""))
        let scores = try #require(echo["logprobs"])
        let tokens = try #require(scores["tokens"]?.array).compactMap(\.string)
        #expect(tokens.joined() == text)
        let logprobs = try #require(scores["token_logprobs"]?.array)
        #expect(logprobs[0].isNull && scores["top_logprobs"]?.array?[0].isNull == true)
        #expect(logprobs.dropFirst().allSatisfy { ($0.number ?? 1) <= 0 })
        // The likeliest token was taken, so it is among the likeliest, with the same number.
        let last = try #require(scores["top_logprobs"]?.array?.last)
        #expect(last.object?.count == 2)
        #expect(last[tokens[tokens.count - 1]] == logprobs.last)
        #expect(scores["text_offset"]?.array?.first?.integer == 0)

        let only = try await choices(server, #""prompt":"the moon is","echo":true,"max_tokens":0"#)
        #expect(texts(only.choices) == ["the moon is"])
        #expect(only.json["usage"]?["completion_tokens"]?.integer == 0)
        let scored = try await choices(
            server, #""prompt":"the moon is","echo":true,"max_tokens":0,"logprobs":0"#)
        let before = scored.choices[0]["logprobs"]?["token_logprobs"]?.array
        #expect(before == Array(logprobs.dropLast(3)))
    }

    @Test func scoresAreToldToWhoAsksForThem() async throws {
        let server = try LiveServer()
        for fields in [#""best_of":2"#, #""echo":true,"max_tokens":0"#, #""logprobs":null"#] {
            let made = try await choices(server, #""prompt":"moon",\#(fields)"#).choices
            #expect(made.count == 1 && made[0]["logprobs"]?.isNull == true, "\(fields)")
        }
    }

    @Test func anEchoOfCharactersOfSeveralTokensIsWhole() async throws {
        let server = try LiveServer()
        let fields = #""prompt":"so 😀 é","echo":true,"max_tokens":0"#
        #expect(texts(try await choices(server, fields).choices) == ["so 😀 é"])
        let stream = try await server.post(
            "/v1/completions", #"{"model":"red",\#(fields),"stream":true}"#)
        #expect(stream.text.contains("so 😀 é"))
    }

    @Test func theBestOfSeveralIsTheLikeliest() async throws {
        let server = try LiveServer()
        let fields = #""prompt":"moon","seed":3,"max_tokens":5,"temperature":1,"logprobs":0"#
        func mean(_ choice: JSONValue) -> Double {
            let scores = choice["logprobs"]?["token_logprobs"]?.array?.compactMap(\.number) ?? []
            return scores.reduce(0, +) / Double(scores.count)
        }
        let all = try await choices(server, fields + #","n":4"#).choices
        let (best, json) = try await choices(server, fields + #","best_of":4"#)
        #expect(best.count == 1 && best[0]["index"]?.integer == 0)
        #expect(mean(best[0]) == all.map(mean).max())
        #expect(json["usage"]?["completion_tokens"]?.integer == 20)
        let streamed = try await server.post(
            "/v1/completions", #"{"model":"red",\#(fields),"best_of":2,"stream":true}"#)
        #expect(streamed.status == 400 && streamed.param == "best_of")
    }

    @Test func moreThanAServerTakesIsRefused() async throws {
        let server = try LiveServer()
        let prompts = [String](repeating: #""a""#, count: 33).joined(separator: ",")
        let response = try await server.post(
            "/v1/completions", #"{"model":"red","prompt":[\#(prompts)],"n":2}"#)
        #expect(response.status == 400 && response.param == "prompt")
        // A fault in one prompt is one of all.
        let faulty = try await server.post(
            "/v1/completions", #"{"model":"red","prompt":["a",""]}"#)
        #expect(faulty.status == 400 && faulty.param == "prompt")
    }
}
