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

    @Test(arguments: [0, 5])
    func asManyRepliesAsAreWishedGoBeforeThoseThatAreCounted(warmUp: Int) throws {
        let server = try RunningServer(models: [Self.general])
        let result = try Program.dixie.run(
            ["bench", "http", "--url", server.url, "--clients", "2", "--requests", "3"]
                + ["--tokens", "2", "--warm_up", "\(warmUp)", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONParser.parse([UInt8](result.output.utf8))
        #expect(report["replies"]?.integer == 3)
        server.process.terminate()
        let answers = server.log.waitForAll().components(separatedBy: "] answered\n").count - 1
        #expect(answers == warmUp + 3)
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

    @Test func aServerThatTakesNoConnectionIsWaitedForUntilTheTimeIsOver() throws {
        let listener = try FullListener()
        let result = try Program.dixie.run(
            ["bench", "http", "--url", "http://127.0.0.1:\(listener.port)", "--clients", "1"]
                + ["--seconds", "1"])
        #expect(result.status == 1)
        #expect(result.errors.contains("--seconds"), "\(result.errors)")
    }

    @Test func fewerRepliesThanClientsAreRefused() throws {
        let result = try Program.dixie.run(["bench", "http", "--requests", "2"])
        #expect(result.status == 64)
        #expect(result.errors.contains("--requests is 2") && result.errors.contains("8 clients"))
    }

    @Test(arguments: ["http://example.org:80", "https://127.0.0.1:1", "http://127.0.0.1", "here"])
    func onlyAServerOfThisMachineIsAsked(url: String) throws {
        let result = try Program.dixie.run(["bench", "http", "--url", url])
        #expect(result.status == 64)
        #expect(result.errors.contains(url))
    }
}

/// A port whose queue of connections is full, and that nobody serves.
private final class FullListener {
    let port: UInt16
    private var descriptors: [Int32] = []

    init() throws {
        func tcp(_ flags: Int32 = 0) throws -> Int32 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | flags, 0)
            return try #require(descriptor >= 0 ? descriptor : nil)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = try tcp()
        descriptors = [listener]
        let isReady = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isReady)
        port = UInt16(bigEndian: address.sin_port)
        // The queue has room for one or two: those behind them are left waiting.
        for _ in 0..<4 {
            let client = try tcp(Int32(SOCK_NONBLOCK.rawValue))
            descriptors.append(client)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(client, $0, length)
                }
            }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
