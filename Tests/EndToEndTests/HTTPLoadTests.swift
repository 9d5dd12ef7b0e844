import Foundation
import JSON
import TestSupport
import Testing

/// `dixie bench http` against a server that runs; the figures are nobody's to predict.
@Suite struct HTTPLoadTests {
    private static let general = """
        { "key": "general", "model_name": "\(fixture("models/red").path)", "preload": true }
        """

    @Test(arguments: [
        ["--api", "completions"], ["--api", "invocations", "--model_key", "general"],
    ])
    func everyClientsTokensAreCounted(dialect: [String]) throws {
        let server = try RunningServer(models: [Self.general])
        let result = try Program.dixie.run(
            ["bench", "http", "--url", server.url, "--clients", "3", "--requests", "6"]
                + ["--tokens", "5", "--json"] + dialect)
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONParser.parse([UInt8](result.output.utf8))
        #expect(report["what"]?.string == "http")
        #expect(report["clients"]?.integer == 3)
        #expect(report["replies"]?.integer == 6)
        #expect(report["errors"]?.integer == 0)
        #expect(report["tokens"]?.integer == 30)
        #expect(try #require(report["tokens_per_second"]?.number) > 0)
        let first = try #require(report["first_token_seconds"]?.number)
        #expect(first > 0)
        #expect(try #require(report["first_token_p95_seconds"]?.number) >= first)
        #expect(try #require(report["cpu_share"]?.number) > 0)
    }

    @Test func whatTheServerRefusesIsSaid() throws {
        let server = try RunningServer(models: [Self.general])
        let result = try Program.dixie.run(
            ["bench", "http", "--url", server.url, "--model_key", "nobody", "--clients", "1"])
        #expect(result.status == 1)
        #expect(result.errors.contains("404") && result.errors.contains("nobody"))
    }

    @Test func whereNobodyListensIsSaidWithARemedy() throws {
        let result = try Program.dixie.run(
            ["bench", "http", "--url", "http://127.0.0.1:1", "--clients", "1"])
        #expect(result.status == 1)
        #expect(result.errors.contains("127.0.0.1:1:") && result.errors.contains("--url"))
    }

    @Test(arguments: ["http://example.org:80", "https://127.0.0.1:1", "http://127.0.0.1", "here"])
    func onlyAServerOfThisMachineIsAsked(url: String) throws {
        let result = try Program.dixie.run(["bench", "http", "--url", url])
        #expect(result.status == 64)
        #expect(result.errors.contains(url))
    }
}
