import API
import ArgumentParser
import Foundation
import Logging
import Terminal

/// Serves the models of a configuration over HTTP.
@main
struct Server: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Serve fine-tuned GPT-2 models over HTTP.",
        discussion: """
            SIGHUP reads the configuration again and swaps the models that have changed; SIGTERM \
            finishes the replies under way and ends.
            """,
        version: version
    )

    @Argument(
        help: """
            "serve", as SageMaker starts containers: listens on 0.0.0.0 without asking for keys, on \
            the port of SAGEMAKER_BIND_TO_PORT, else the configuration's, else 8080.
            """)
    var mode: Mode?

    @Option(
        name: .customLong("config_path"),
        help: "The configuration. (default: server_config.json)")
    var configPath: String?

    @Option(help: "The address to listen on, instead of the configuration's.")
    var host: String?

    @Option(help: "The port to listen on, instead of the configuration's; 0 takes any free one.")
    var port: UInt16?

    @Flag(help: "Check the configuration and end.")
    var check = false

    @Flag(help: "Let other machines in without asking for a key.")
    var insecure = false

    @Flag(name: .customLong("test_echo"), help: "Serve POST /echo, for tests of the protocol.")
    var testEcho = false

    enum Mode: String, ExpressibleByArgument {
        case serve
    }

    static func main() { runProgram(Self.self) }

    func run() throws {
        let options = try mode == .serve ? Container.options(self) : plainOptions
        if check {
            let (file, keys) = try Application.check(options)
            print("\(file) is good; its models: \(keys.joined(separator: ", "))")
            return
        }
        var logger = Logger(label: "dixie") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        try Application(options, logger: logger).run { announce($0) }
    }

    var plainOptions: Application.Options {
        var options = Application.Options(configurationPath: configPath ?? "server_config.json")
        options.host = host
        options.port = port.map { Int($0) }
        options.isInsecure = insecure
        options.version = version
        options.echoes = testEcho
        return options
    }

    /// The last lines of a start: where the server is, and a line to try it with.
    private func announce(_ address: Application.Address) {
        let name = ["0.0.0.0", "::", ""].contains(address.host) ? "localhost" : address.host
        let url = "http://\(name.contains(":") ? "[\(name)]" : name):\(address.port)"
        var line = address.securePort.map { "HTTPS is on port \($0).\n" } ?? ""
        line += "Ready on \(url)"
        if let key = address.modelKeys.first {
            let body = #"{"model_key":"\#(key)","raw_text":"How big is the earth?\n"}"#
            let authorization = address.needsKey ? #" -H"Authorization: Bearer $KEY""# : ""
            line += """
                . Try:
                curl -d'\(body)' -H"Content-Type: application/json"\(authorization) \(url)/invocations
                """
        }
        // Not `print`, which would keep the line back where the output is a file or a pipe. Where
        // nobody listens, nothing is lost: the server serves all the same.
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}
