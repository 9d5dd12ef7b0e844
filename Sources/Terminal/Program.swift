import ArgumentParser
import Foundation

/// The version every program prints.
public let version = "0.1.0"

/// Runs a program the way all of dixie's are run, and exits: 0 when it is done, 1 with one
/// sentence on standard error when it fails, 64 when it was called wrongly.
///
/// Flags are spelled with underscores, as the original's were; `--model-name` is taken for
/// `--model_name` too.
///
/// - Parameters:
///   - command: the program.
///   - textOptions: the options, with their hyphens, whose value is a text that may itself look
///     like a flag; the argument after one is taken as it is.
public func runProgram(
    _ command: (some ParsableCommand).Type, textOptions: Set<String> = []
) -> Never {
    do {
        var parsed = try command.parseAsRoot(
            withUnderscores(
                Array(CommandLine.arguments.dropFirst()), textOptions: textOptions))
        try parsed.run()
        exit(EXIT_SUCCESS)
    } catch {
        command.exit(withError: error)
    }
}

/// The arguments with every `-` inside a long flag's name made `_`; values, and all that follows a
/// lone `--`, stay as they are.
func withUnderscores(_ arguments: [String], textOptions: Set<String> = []) -> [String] {
    var areFlags = true
    var isText = false
    return arguments.map { argument in
        if isText {
            isText = false
            return argument
        }
        if argument == "--" { areFlags = false }
        isText = areFlags && textOptions.contains(underscored(argument))
        return areFlags ? underscored(argument) : argument
    }
}

private func underscored(_ argument: String) -> String {
    // What goes on with another hyphen is a value, such as a line to draw between texts.
    guard argument.hasPrefix("--"), argument.dropFirst(2).first?.isLetter == true
    else { return argument }
    // ArgumentParser's own, which it spells with hyphens.
    if argument.hasPrefix("--generate-completion-script") { return argument }
    if argument.hasPrefix("--experimental-") { return argument }
    let name = argument.dropFirst(2).prefix { $0 != "=" }
    let rest = argument.dropFirst(2 + name.count)
    return "--" + name.replacingOccurrences(of: "-", with: "_") + rest
}
