import Foundation
import TestSupport
import Testing

@testable import API

/// What `GET /metrics` counts, and how it says it.
struct MetricsTests {
    @Test func aHistogramCountsWhatIsBelowEachBound() {
        var histogram = Histogram([0.5, 1, 2])
        for value in [0.25, 0.5, 1.5, 8] { histogram.note(value) }
        var text = MetricsText()
        text.begin("time_seconds", .histogram, "How long.")
        text.add(histogram, [("model", "a")])
        #expect(
            text.text == """
                # HELP time_seconds How long.
                # TYPE time_seconds histogram
                time_seconds_bucket{model="a",le="0.5"} 2
                time_seconds_bucket{model="a",le="1"} 2
                time_seconds_bucket{model="a",le="2"} 3
                time_seconds_bucket{model="a",le="+Inf"} 4
                time_seconds_sum{model="a"} 10.25
                time_seconds_count{model="a"} 4

                """)
    }

    @Test func labelsAreEscaped() {
        var text = MetricsText()
        text.begin("a", .gauge, "b")
        text.add(1.5, [("label", "x\\y\"z\nw")])
        #expect(text.text.hasSuffix(#"a{label="x\\y\"z\nw"} 1.5"# + "\n"))
    }

    @Test(arguments: [
        ("/invocations", Dialect.dixie), ("/models/list", .dixie), ("/models", .sagemaker),
        ("/models/{key}/invoke", .sagemaker), ("/v1/chat/completions", .openai),
        ("/api/chat", .ollama), ("/alexa", .alexa), ("/admin/reload", .admin), ("/", .dixie),
        (nil, Dialect.none),
    ])
    func aPathHasADialect(path: String?, dialect: Dialect) {
        #expect(Dialect(path: path) == dialect)
    }

    @Test func figuresOfModelsNotCountedForLongestGo() {
        var counts = FiguresByModel(0, limit: 3)
        for model in ["a", "b", "c", "a", "d", "e"] { counts.update(model) { $0 += 1 } }
        #expect(counts.sorted.map(\.model) == ["a", "d", "e"])
        #expect(counts["a"] == 2)
        #expect(counts["b"] == nil)
    }

    @Test func whatIsNoRequestIsCountedAsOfNobody() async throws {
        let server = try LiveServer()
        for bytes in ["nonsense¶¶", "GET / HTTP/1.1¶Host: evil.test¶¶", "GET / HTTP/1.1¶¶"] {
            _ = try await server.raw(bytes.wire)
        }
        let none = #"dialect="none",model="""#
        #expect(try await value("dixie_requests_total{\(none),status=\"400\"}", server) == 2)
        #expect(try await value("dixie_requests_total{\(none),status=\"421\"}", server) == 1)
    }

    /// A sample's value.
    private func value(_ sample: String, _ server: LiveServer, key: String? = nil) async throws
        -> Double?
    {
        let answer = try await server.get(
            "/metrics", headers: key.map { "Authorization: Bearer \($0)¶" } ?? "")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let line = answer.text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
        return line.flatMap { Double($0.dropFirst(sample.utf8.count + 1)) }
    }

    @Test func requestsTokensAndModelsAreCounted() async throws {
        let server = try LiveServer(
            models: ["red", "blue"].map { LiveServer.model($0, #", "preload": false"#) }
                .joined(separator: ","))
        #expect(try await value("dixie_model_resident_bytes{model=\"red\"}", server) == 0)
        for _ in 0..<3 {
            let answer = try await server.post(
                "/invocations", #"{"model_key":"red","raw_text":"The ","length":5,"stream":true}"#)
            #expect(answer.status == 200)
        }
        #expect(
            try await server.post("/v1/completions", #"{"model":"nobody","prompt":"a"}"#).status
                == 404)
        #expect(try await server.get("/nothing").status == 404)
        let red = #"model="red""#
        let (dixie, status) = (#"dialect="dixie","# + red, #",status="200""#)
        #expect(try await value("dixie_requests_total{\(dixie)\(status)}", server) == 3)
        #expect(try await value("dixie_request_duration_seconds_count{\(dixie)}", server) == 3)
        #expect(
            try await value(
                #"dixie_requests_total{dialect="openai",model="",status="404"}"#, server)
                == 1)
        #expect(
            try await value(#"dixie_requests_total{dialect="none",model="",status="404"}"#, server)
                == 1)
        #expect(try await value("dixie_completion_tokens_total{\(red)}", server) == 15)
        #expect(try await value("dixie_time_to_first_token_seconds_count{\(red)}", server) == 3)
        #expect(try await value("dixie_time_per_token_seconds_count{\(red)}", server) == 3)
        #expect(try await value("dixie_loads_total{\(red)}", server) == 1)
        #expect(try await value("dixie_replies_running{\(red)}", server) == 0)
        #expect(try #require(await value("dixie_model_resident_bytes{\(red)}", server)) > 100_000)
        #expect(try #require(await value("dixie_passes_total", server)) >= 5)
        #expect(try #require(await value("process_resident_memory_bytes", server)) > 1_000_000)
        let swap = try await server.post(
            "/admin/models/red/swap", #"{"restore_from": "\#(fixture("models/blue").path)"}"#)
        #expect(swap.status == 200)
        #expect(try await value("dixie_swaps_total{\(red)}", server) == 1)
        #expect(try await value("dixie_loads_total{\(red)}", server) == 2)
    }

    /// SHA-256 of `the-guests-key-01`.
    private static let guestHash =
        "610310be1a2d2b1b0e49f9339aedf3b9515fbedf2a9ac005f5cf5b655c71ac9e"

    @Test func aKeyOfOneModelSeesNoOther() async throws {
        let server = try LiveServer(
            top: #"""
                "api_keys": ["the-owners-key-01", {"id": "guest", "sha256": "\#(Self.guestHash)", "models": ["red"]}],
                """#)
        for model in ["red", "blue"] {
            _ = try await server.post(
                "/invocations", #"{"model_key":"\#(model)","raw_text":"a","length":1}"#,
                headers: "Authorization: Bearer the-owners-key-01¶")
        }
        #expect(try await server.get("/metrics").status == 401)
        let seen = try await server.get(
            "/metrics", headers: "Authorization: Bearer the-guests-key-01¶"
        ).text
        #expect(seen.contains(#"model="red""#) && !seen.contains("blue"))
        let all = try await server.get(
            "/metrics", headers: "Authorization: Bearer the-owners-key-01¶"
        ).text
        #expect(all.contains(#"model="red""#) && all.contains(#"model="blue""#))
    }
}
