import ArgumentParser
import Foundation

/// The version every program prints.
public let version = "0.1.0"

/// Runs a program the way all of dixie's are run, and exits: 0 when it is done, 1 with one
/// sentence on standard error when it fails, 64 when it was called wrongly.
///
/// Flags are spelled with underscores, as the original's were; `--model-name` is taken for
/// `--model_name` too.
public func runProgram(_ command: (some ParsableCommand).Type) -> Never {
    do {
        var parsed = try command.parseAsRoot(
            withUnderscores(Array(CommandLine.arguments.dropFirst())))
        try parsed.run()
        exit(EXIT_SUCCESS)
    } catch {
        command.exit(withError: error)
    }
}

/// The arguments with every `-` inside a long flag's name made `_`; values, and all that follows a
/// lone `--`, stay as they are.
func withUnderscores(_ arguments: [String]) -> [String] {
    var areFlags = true
    return arguments.map { argument in
        if argument == "--" { areFlags = false }
        // What goes on with another hyphen is a value, such as a line to draw between texts.
        guard areFlags, argument.hasPrefix("--"), argument.dropFirst(2).first?.isLetter == true
        else { return argument }
        // ArgumentParser's own, which it spells with hyphens.
        if argument.hasPrefix("--generate-completion-script") { return argument }
        if argument.hasPrefix("--experimental-") { return argument }
        let name = argument.dropFirst(2).prefix { $0 != "=" }
        let rest = argument.dropFirst(2 + name.count)
        return "--" + name.replacingOccurrences(of: "-", with: "_") + rest
    }
}
