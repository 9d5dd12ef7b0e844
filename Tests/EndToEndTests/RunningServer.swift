import Foundation
import TestSupport

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A server program on a free port, serving a configuration that a test may edit; stopped when the
/// last reference goes.
final class RunningServer: @unchecked Sendable {
    // Sendable because it is set up in `init` and asks thread-safe things only afterwards.
    let folder: TemporaryFolder
    let process = Process()
    let log: PipeReader
    private(set) var url = ""
    private let settings: String
    private let session: URLSession

    /// - Parameters:
    ///   - models: the entries of `models`, in JSON.
    ///   - settings: further fields of the configuration, each with a comma behind.
    ///   - arguments: further ones for the program.
    ///   - environment: added to this process's own.
    /// - Throws: `NotReady`, with the server's log, when it ends before it is.
    init(
        models: [String], settings: String = "", arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        self.settings = settings
        folder = try TemporaryFolder()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = Program.server.url
        process.arguments =
            ["--config_path", folder.path("server_config.json"), "--port", "0"] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = errors
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 64
        configuration.timeoutIntervalForRequest = 120
        session = URLSession(configuration: configuration)
        let announcements = PipeReader(output)
        log = PipeReader(errors)
        try configure(models)
        try process.run()
        guard let text = announcements.wait(for: "/invocations\n"),
            let start = text.range(of: "Ready on "), let end = text.range(of: ". Try:")
        else { throw NotReady(log: log.soFar) }
        url = String(text[start.upperBound..<end.lowerBound])
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    struct NotReady: Error {
        let log: String
    }

    /// Writes the configuration anew; the server looks at it on SIGHUP.
    func configure(_ models: [String]) throws {
        try folder.write(
            "{ \"port\": 12345, \(settings)\"models\": [ \(models.joined(separator: ",\n  ")) ] }\n",
            to: "server_config.json")
    }

    func hangUp() { kill(process.processIdentifier, SIGHUP) }

    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: [String: String]
    }

    /// POSTs JSON and waits for the whole answer.
    func post(_ path: String, _ body: String, key: String? = nil) throws -> Answer {
        var request = URLRequest(url: URL(string: url + path) ?? URL(fileURLWithPath: "/"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
        request.httpBody = Data(body.utf8)
        return try send(request)
    }

    func get(_ path: String) throws -> Answer {
        try send(URLRequest(url: URL(string: url + path) ?? URL(fileURLWithPath: "/")))
    }

    private func send(_ request: URLRequest) throws -> Answer {
        let result = Box()
        let arrived = DispatchSemaphore(value: 0)
        session.dataTask(with: request) { data, response, error in
            result.set(data, response as? HTTPURLResponse, error)
            arrived.signal()
        }.resume()
        arrived.wait()
        return try result.answer()
    }

    /// What one request came to; written once, before the semaphore that lets it be read.
    private final class Box: @unchecked Sendable {
        private var data = Data()
        private var response: HTTPURLResponse?
        private var error: (any Error)?

        func set(_ data: Data?, _ response: HTTPURLResponse?, _ error: (any Error)?) {
            self.data = data ?? Data()
            self.response = response
            self.error = error
        }

        func answer() throws -> Answer {
            if let error { throw error }
            let headers = (response?.allHeaderFields ?? [:]).map { ("\($0)", "\($1)") }
            return Answer(
                status: response?.statusCode ?? 0, text: String(decoding: data, as: UTF8.self),
                headers: Dictionary(headers) { $1 })
        }
    }
}
