import JSON
import TestSupport
import Testing

/// What is refused, and with which words.
struct RefusalTests {
    @Test func everyFieldOfAnInvocationHasAType() async throws {
        let server = try LiveServer()
        let wrong: [(String, [String])] = [
            ("model_key", ["1", "[]", "{}", "true"]), ("raw_text", ["1", "[]", "false"]),
            ("length", [#""5""#, "1.5", "true", "[]", "0", "-1", "1000001", "1e30"]),
            ("temperature", [#""1""#, "-0.001", "5.001", "true"]),
            ("top_k", [#""1""#, "-1", "1000001", "0.5"]), ("top_p", [#""1""#, "-0.001", "1.001"]),
            ("penalize", [#""1""#, "-0.001", "1.001"]),
            ("seed", [#""1""#, "0.5", "9223372036854775808"]),
            (
                "stop",
                [
                    "1", "[1]", #"[""]"#, #""""#, "{}",
                    "[\(String(repeating: "\"a\",", count: 16))\"a\"]",
                ]
            ),
            ("deadline_ms", [#""1""#, "0", "600001", "-1"]), ("truncate", [#""true""#, "1"]),
            ("stream", [#""true""#, "1"]), ("format", ["1", #""xml""#]),
            ("session_id", [#""x""#]), ("audience", [#""x""#]), ("message", [#""x""#, "1"]),
        ]
        for (field, values) in wrong {
            for value in values {
                let others = [("model_key", #""red""#), ("raw_text", #""SECRET""#)]
                    .filter { $0.0 != field }.map { #""\#($0.0)":\#($0.1),"# }.joined()
                let response = try await server.post(
                    "/invocations", #"{\#(others)"\#(field)":\#(value)}"#)
                #expect(response.status == 400, "\(field): \(value)")
                #expect(response.param == field, "\(field): \(value)")
                #expect(response.message.contains(field), "\(field): \(value)")
                #expect(!response.text.contains("SECRET"))
            }
        }
    }

    @Test func theBoundsThemselvesAreTaken() async throws {
        let server = try LiveServer()
        for fields in [
            #""length":1"#, #""length":126"#, #""temperature":0"#, #""temperature":5"#,
            #""top_k":0"#,
            #""top_k":1000000"#, #""top_p":0"#, #""top_p":1"#, #""penalize":0"#, #""penalize":1"#,
            #""seed":-9223372036854775808"#, #""seed":9223372036854775807"#, #""stop":[]"#,
            #""deadline_ms":600000"#, #""truncate":null"#, #""stop":null"#, #""unknown":[1]"#,
            #""format":"text""#, #""stream":false"#,
        ] {
            let length = fields.contains("length") ? "" : #","length":2"#
            let response = try await server.post(
                "/invocations", #"{"model_key":"red","raw_text":"a",\#(fields)\#(length)}"#)
            #expect(response.status == 200, "\(fields): \(response.text)")
        }
    }

    @Test func bodiesThatAreNoRequestAreRefused() async throws {
        let server = try LiveServer()
        let deep = String(repeating: "[", count: 100_000)
        for body in [
            "", " ", "null", "[]", "1", "\"a\"", "{", "{}", "{\"raw_text\"}", "{'raw_text':'a'}",
            #"{"model_key":"red","raw_text":"a",}"#, #"{"model_key":"red","raw_text":"\ud800"}"#,
            #"{"model_key":"red","raw_text":"a"} x"#, #"{"model_key":"red","raw_text":""}"#, deep,
            #"{"model_key":"red","raw_text":"a","x":\#(deep)"#, "\u{FEFF}{}",
        ] {
            for path in ["/invocations", "/v1/completions"] {
                let response = try await server.post(path, body)
                #expect((400...404).contains(response.status), "\(body.prefix(40))")
                #expect(response.headers["content-type"] == "application/json")
            }
        }
        let invalid = try await server.post(
            "/invocations", Array(#"{"model_key":"red","raw_text":""#.utf8) + [0xFF, 0x22, 0x7D])
        #expect(invalid.status == 400 && invalid.code == "invalid_json")
        let twice = try await server.post(
            "/invocations", #"{"model_key":"red","raw_text":"a","raw_text":"b"}"#)
        #expect(twice.status == 400 && twice.param == "raw_text")
        let odd = try await server.post("/invocations", #"{"a secret":1,"a secret":2}"#)
        #expect(odd.status == 400 && !odd.text.contains("a secret"))
    }

    @Test func aBodyOfAMebibyteIsReadAndOneByteMoreIsNot() async throws {
        let server = try LiveServer()
        func body(_ count: Int) -> [UInt8] {
            let head = #"{"model_key":"red","raw_text":""#
            return Array(head.utf8)
                + [UInt8](repeating: UInt8(ascii: "a"), count: count - head.utf8.count - 2)
                + Array(#""}"#.utf8)
        }
        let whole = try await server.post("/invocations", body(1 << 20))
        #expect(whole.status == 400 && whole.code == "context_length_exceeded")
        #expect(try await server.post("/invocations", body(1 << 20 + 1)).status == 413)
    }

    @Test func onlyJSONIsTaken() async throws {
        let server = try LiveServer()
        let body = Array(#"{"model_key":"red","raw_text":"a","length":1}"#.utf8)
        let cases: [(String, Int)] = [
            ("application/json", 200), ("Application/JSON; charset=utf-8", 200),
            ("application/json ;charset=utf-8", 200), ("text/plain", 415),
            ("application/x-www-form-urlencoded", 415), ("application/jsonp", 415),
            ("application/json, text/plain", 415),
        ]
        for (type, status) in cases {
            let response = try await server.post(
                "/invocations", body, type: "Content-Type: \(type)¶")
            #expect(response.status == status, "\(type)")
        }
        #expect(try await server.post("/invocations", body, type: "").status == 415)
        let both = "Content-Type: application/json¶Content-Type: application/json¶"
        #expect(try await server.post("/invocations", body, type: both).status == 415)
    }

    @Test func theProtocolCasesOfThisRoomAreAnsweredAsTheyMustBe() async throws {
        let server = try LiveServer()
        let cases = try ProtocolCase.ofApplication()
        #expect(cases.count == 12)
        for protocolCase in cases {
            let client = try TestClient(port: server.port)
            client.send(protocolCase.bytes)
            // The cases keep their connection; a second request that closes it shows that the
            // first one's end was understood.
            client.send("GET /health HTTP/1.1¶Host: localhost¶Connection: close¶¶")
            let responses = try ReceivedResponse.all(in: try await client.receiveAll())
            let status = try #require(responses.first?.status)
            #expect(
                protocolCase.expect.contains(.status(status)),
                "\(protocolCase.name): \(status), \(protocolCase.why)")
            if let name = protocolCase.needHeader { #expect(responses[0].headers[name] != nil) }
            #expect(try await server.get("/health").status == 200)
        }
    }

    @Test func everyRouteAnswersHeadOptionsAndNothingElse() async throws {
        let server = try LiveServer()
        for path in ["/", "/ping", "/health", "/ready", "/models/list", "/gputemp"] {
            let get = try await server.get(path)
            let head = try await server.get(path, method: "HEAD")
            #expect(get.status == 200 && head.status == 200, "\(path)")
            #expect(head.headers["content-length"] == get.headers["content-length"])
            let options = try await server.get(path, method: "OPTIONS")
            #expect(options.status == 204 && options.headers["allow"] == "GET, HEAD, OPTIONS")
            let put = try await server.get(path, method: "PUT")
            #expect(put.status == 405 && put.headers["allow"] == "GET, HEAD, OPTIONS")
        }
        for path in ["/invocations", "/prime", "/v1/completions"] {
            for method in ["GET", "HEAD", "DELETE"] {
                let response = try await server.get(path, method: method)
                #expect(response.status == 405 && response.headers["allow"] == "POST, OPTIONS")
            }
        }
        for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            #expect(try await server.get("/nowhere", method: method).status == 404)
        }
    }
}
