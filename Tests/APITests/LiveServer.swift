import Foundation
import JSON
import Logging
import Synchronization
import TestSupport

@testable import API

/// A whole server with small models on a port of its own, from a configuration to its sockets.
final class LiveServer: Sendable {
    let port: Int
    /// That of HTTPS, where there is one.
    let securePort: Int?
    let log: LogLines
    let application: Application
    private let folder: TemporaryFolder

    /// Serves the entries `models`; `top` are further fields of the configuration, as JSON with a
    /// comma after each, `adjust` is for what the command line says, and `alexa` is the world a skill
    /// sees.
    init(
        models: String = LiveServer.redAndBlue, top: String = "",
        alexa: AlexaSurroundings = .real,
        adjust: (inout Application.Options) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        let path = try folder.write(Self.text(models: models, top: top), to: "server_config.json")
        var options = Application.Options(configurationPath: path)
        options.port = 0
        adjust(&options)
        let lines = LogLines()
        log = lines
        application = try Application(
            options, logger: Logger(label: "test") { _ in LineHandler(lines: lines) },
            alexa: alexa)
        guard let address = try application.start() else { throw CannotStart() }
        port = address.port
        securePort = address.securePort
    }

    private struct CannotStart: Error {}

    deinit {
        application.stop {}
        application.stop {}
    }

    /// Writes another configuration in the place of the one there is.
    func configure(models: String = LiveServer.redAndBlue, top: String = "") throws {
        try folder.write(Self.text(models: models, top: top), to: "server_config.json")
    }

    private static func text(models: String, top: String) -> String {
        #"{"threads": 1, \#(top) "models": [\#(models)]}"#
    }

    /// An entry of `models`; `rest` are further fields, each with a comma before it.
    static func model(_ key: String, fixture name: String? = nil, _ rest: String = "") -> String {
        let path = fixture("models/\(name ?? key)").path
        return #"{"key": "\#(key)", "model_name": "\#(path)"\#(rest)}"#
    }

    static let redAndBlue = [model("red"), model("blue")].joined(separator: ",")

    // MARK: Asking

    func get(_ path: String, method: String = "GET", headers: String = "") async throws
        -> ReceivedResponse
    {
        try await raw(
            "\(method) \(path) HTTP/1.1¶Host: localhost¶\(headers)Connection: close¶¶".wire,
            isHead: method == "HEAD")
    }

    func post(
        _ path: String = "/invocations", _ body: String, headers: String = ""
    ) async throws -> ReceivedResponse {
        try await post(path, Array(body.utf8), headers: headers)
    }

    func post(
        _ path: String, _ body: [UInt8], headers: String = "",
        type: String = "Content-Type: application/json¶"
    ) async throws -> ReceivedResponse {
        let head =
            "POST \(path) HTTP/1.1¶Host: localhost¶\(type)\(headers)"
            + "Content-Length: \(body.count)¶Connection: close¶¶"
        return try await raw(head.wire + body)
    }

    func raw(_ bytes: [UInt8], isHead: Bool = false) async throws -> ReceivedResponse {
        let client = try TestClient(port: port)
        client.send(bytes)
        let all = try ReceivedResponse.all(in: try await client.receiveAll(), isHead: isHead)
        guard let response = all.first(where: { $0.status >= 200 }) else { throw NoAnswer() }
        return response
    }

    private struct NoAnswer: Error {}
}

extension ReceivedResponse {
    var json: JSONValue { get throws { try JSONParser.parse(body) } }

    /// What an error's body says about the field at fault.
    var param: String? { try? json["error"]?["param"]?.string }
    var code: String? { try? json["error"]?["code"]?.string }
    var message: String { (try? json["error"]?["message"]?.string) ?? "" }

    /// The data of server-sent events.
    var events: [String] {
        text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            .map { $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : "not an event: \($0)" }
    }
}

/// What a server has logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        lines.append("\(event.level) \(event.message) \(fields)")
    }
}
