import JSON
import TestSupport
import Testing

@testable import API

/// Who may ask what, and what is written down of it.
struct AccessTests {
    private static let keys = """
        "api_keys": ["everything-key-0001",
          {"id": "reds", "sha256": "\(redHash)", "scopes": ["infer"], "models": ["red"]},
          {"id": "boss", "sha256": "\(adminHash)", "scopes": ["admin"]}],
        """
    /// SHA-256 of `only-red-key-0001` and of `only-admin-key-01`.
    private static let redHash = "7f6d9fb1d9dc9f3513a9a04c4a273812ac17a0f6bc7c3fb8930f6ead4e6ba064"
    private static let adminHash =
        "55d36c22df8ebf2db89d96ecdd2b5f3d5df8fc079849b47fb62509748e6a3989"

    private func header(_ key: String) -> String { "Authorization: Bearer \(key)¶" }

    @Test func keysOpenWhatTheyAreFor() async throws {
        let server = try LiveServer(top: Self.keys)
        func ask(_ key: String?, _ model: String) async throws -> ReceivedResponse {
            try await server.post(
                "/invocations", #"{"model_key":"\#(model)","raw_text":"a","length":1}"#,
                headers: key.map(header) ?? "")
        }
        let cases: [(String?, String, Int)] = [
            (nil, "red", 401), ("wrong", "red", 401), ("everything-key-0001", "red", 200),
            ("everything-key-0001", "blue", 200), ("everything-key-0001", "green", 404),
            ("only-red-key-0001", "red", 200), ("only-red-key-0001", "blue", 404),
            ("only-admin-key-01", "red", 403),
        ]
        for (key, model, status) in cases {
            #expect(try await ask(key, model).status == status, "\(key ?? "no key"), \(model)")
        }
        #expect(try await ask(nil, "red").headers["www-authenticate"] == "Bearer")
        let hidden = try await ask("only-red-key-0001", "blue")
        #expect(hidden.message == #"there is no model "blue"; the models are: red"#)
        _ = try await ask("everything-key-0001", "blue")
        let list = try await server.get("/models/list", headers: header("only-red-key-0001")).json
        #expect(list["models"]?.array?.compactMap { $0["model_key"]?.string } == ["red"])
        #expect(list["active_model"]?["key"]?.isNull == true)
        for path in ["/", "/ping", "/health", "/ready"] {
            #expect(try await server.get(path).status == 200)
        }
        for path in ["/models/list", "/gputemp"] {
            #expect(try await server.get(path).status == 401)
        }
        let two = try await server.post(
            "/invocations", "{}", headers: header("everything-key-0001") + header("wrong"))
        #expect(two.status == 401)
    }

    @Test func onlyPagesOfListedOriginsMayCall() async throws {
        let server = try LiveServer(top: #""cors_origins": ["https://page.test"], "#)
        let body = #"{"model_key":"red","raw_text":"a","length":1}"#
        let asks = "Access-Control-Request-Method: POST¶Access-Control-Request-Headers: x-a, y¶"
        func headers(_ origin: String) async throws -> [[String: String]] {
            let origin = "Origin: \(origin)¶"
            return [
                try await server.get(
                    "/invocations", method: "OPTIONS", headers: origin + asks
                ).headers,
                try await server.post("/invocations", body, headers: origin).headers,
                try await server.get("/nowhere", headers: origin).headers,
            ]
        }
        let listed = try await headers("https://page.test")
        for answer in listed {
            #expect(answer["access-control-allow-origin"] == "https://page.test")
            #expect(answer["vary"] == "Origin")
        }
        #expect(listed[0]["access-control-allow-headers"] == "x-a, y")
        #expect(listed[0]["access-control-allow-methods"] == "POST, OPTIONS")
        for origin in ["https://other.test", "https://page.test.evil", "null"] {
            for answer in try await headers(origin) {
                #expect(answer.keys.filter { $0.hasPrefix("access-control") }.isEmpty)
                #expect(answer["vary"] == "Origin")
            }
        }
        #expect(try await LiveServer().get("/ping").headers["vary"] == nil)
    }

    @Test func whoAsksTooOftenIsToldWhenToComeBack() async throws {
        let server = try LiveServer(
            top: """
                "api_keys": [
                  {"id": "slow", "sha256": "\(Self.redHash)", "rps": 0.001},
                  {"id": "short", "sha256": "\(Self.adminHash)", "tpm": 1}],
                """)
        func ask(_ key: String) async throws -> ReceivedResponse {
            try await server.post(
                "/invocations", #"{"model_key":"red","raw_text":"a","length":2}"#,
                headers: header(key))
        }
        for key in ["only-red-key-0001", "only-admin-key-01"] {
            #expect(try await ask(key).status == 200)
            let second = try await ask(key)
            #expect(second.status == 429 && second.code == "rate_limited")
            let wait = try #require(second.headers["retry-after"].flatMap(Int.init))
            #expect((1...1000).contains(wait))
            #expect(second.message.contains("try again in \(wait) s"))
        }
        #expect(try await ask("wrong").status == 401)
    }

    @Test func theLogHasOneLineForEachAnswerAndNothingThatWasSaid() async throws {
        let server = try LiveServer(top: Self.keys)
        let response = try await server.post(
            "/invocations",
            #"{"model_key":"red","raw_text":"SECRETPROMPT","length":3,"stream":true}"#,
            headers: header("everything-key-0001"))
        let request = try #require(response.headers["x-request-id"])
        #expect(request.count == 16)
        #expect(try await server.get("/SECRETPATH?SECRETQUERY").status == 404)
        #expect(try await server.get("/models/list").headers["x-request-id"] != nil)
        let lines = server.log.all.filter { $0.hasPrefix("info answered") }
        #expect(lines.count == 3)
        let line = try #require(lines.first)
        for part in [
            "method=POST", "path=/invocations", "status=200", "model=red", "completion_tokens=3",
            "seconds=", "request=\(request)",
        ] {
            #expect(line.contains(part), "\(line)")
        }
        #expect(lines[1].contains("path=-") && lines[1].contains("status=404"))
        #expect(lines[2].contains("status=401"))
        let all = server.log.all.joined()
        #expect(!all.contains("SECRET") && !all.contains("everything-key"))
    }

    @Test func anOriginalServersQuirksAreThereIfAskedFor() async throws {
        let server = try LiveServer(top: #""compat": "dixie","#)
        for body in ["null", #"{"model_key":"green","raw_text":"a"}"#, #"{"raw_text":"a"}"#] {
            let response = try await server.post("/invocations", body)
            #expect(response.status == 200 && response.text == "UNKNOWN")
        }
        #expect(try await server.post("/prime", #"{"model_key":"red"}"#).text == "primed red")
        let plain = try LiveServer()
        #expect(try await plain.post("/invocations", "null").status == 404)
        #expect(try await plain.post("/prime", #"{"model_key":"green"}"#).status == 404)
    }

    @Test func aReloadExchangesModelsUnderTheirKeys() async throws {
        let server = try LiveServer()
        let body =
            #"{"model_key":"red","raw_text":"Hello","length":9,"temperature":0,"penalize":0}"#
        let red = try await server.post("/invocations", body).text
        let blue = try await server.post(
            "/invocations", body.replacing(#""red""#, with: #""blue""#)
        ).text
        try server.configure(models: LiveServer.model("red", fixture: "blue"))
        server.application.reload()
        #expect(try await server.post("/invocations", body).text == blue)
        try server.configure(models: LiveServer.model("red", fixture: "nothing"))
        server.application.reload()
        #expect(try await server.post("/invocations", body).text == blue)
        #expect(red != blue)
    }

    /// The socket stays where it was opened, whatever host the file now says.
    @Test func aReloadNeverOpensTheServerToOthersWithoutAKey() async throws {
        let keys = #""api_keys": ["a-long-secret-key"], "#
        let server = try LiveServer(top: #""host": "0.0.0.0", \#(keys)"#)
        let body = #"{"model_key":"red","raw_text":"Hello","length":1}"#
        #expect(try await server.post("/invocations", body).status == 401)
        try server.configure(top: #""host": "127.0.0.1", "#)
        server.application.reload()
        #expect(try await server.post("/invocations", body).status == 401)
    }

    @Test func aChatBelongsToItsKeyWhereverThatStandsInTheList() async throws {
        let server = try LiveServer(
            top: #""api_keys": ["the-first-secret-key", "the-second-secret-key"], "#)
        let ask = { (key: String) in
            let body =
                #"{"model_key":"red","message":"Hello","session_id":"s","length":2,"#
                + #""format":"json"}"#
            let answer = try await server.post(
                "/invocations", body, headers: "Authorization: Bearer \(key)¶")
            return try JSONParser.parse(answer.text)["usage"]?["prompt_tokens"]?.integer ?? 0
        }
        let fresh = try await ask("the-first-secret-key")
        #expect(try await ask("the-first-secret-key") > fresh)
        try server.configure(top: #""api_keys": ["the-second-secret-key"], "#)
        server.application.reload()
        #expect(try await ask("the-second-secret-key") == fresh)
    }
}
