import ArgumentParser
import Terminal

/// Serves the models of a configuration over HTTP.
@main
struct Server: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Serve fine-tuned GPT-2 models over HTTP.",
        version: version
    )

    static func main() { runProgram(Self.self) }
}
