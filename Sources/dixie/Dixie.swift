import ArgumentParser
import Terminal

/// The toolbox: everything that is neither serving nor training.
@main
struct Dixie: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dixie",
        abstract: "Tools for GPT-2 checkpoints and the text that goes in and out of them.",
        version: version,
        subcommands: [
            Bench.self,
            ChatCommand.self,
            Convert.self,
            DatasetCommand.self,
            Decode.self,
            DownloadCommand.self,
            Encode.self,
            Eval.self,
            Key.self,
            Prepare.self,
            Sample.self,
            Sanitize.self,
            TokenizerCommand.self,
        ]
    )

    static func main() {
        runProgram(
            Self.self,
            textOptions: ["-p", "--prompt", "--prefix", "--truncate", "--sample_delim"],
            optionalValues: ["--include_prefix"])
    }
}
