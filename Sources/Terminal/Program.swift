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
///   - optionalValues: the options, with their hyphens, that may stand alone or with a value.
public func runProgram(
    _ command: (some ParsableCommand).Type, textOptions: Set<String> = [],
    optionalValues: Set<String> = []
) -> Never {
    reserveStandardStreams()
    // A file that may not grow (`ulimit -f`) is an error of the write that meets it, not the end of us.
    signal(SIGXFSZ, SIG_IGN)
    do {
        var parsed = try command.parseAsRoot(
            normalized(
                Array(CommandLine.arguments.dropFirst()), textOptions: textOptions,
                optionalValues: optionalValues))
        do {
            try parsed.run()
        } catch let error as ValidationError {
            exit(command, wrongUsageOf: type(of: parsed), error)
        }
        exit(EXIT_SUCCESS)
    } catch {
        command.exit(withError: told(error))
    }
}

/// Ends as ArgumentParser does on wrong usage. It knows the usage only of what it parsed itself;
/// what a command finds wrong later on, such as a number the model has no room for, it would show
/// with the usage of the whole program.
private func exit(
    _ program: (some ParsableCommand).Type, wrongUsageOf command: any ParsableCommand.Type,
    _ error: ValidationError
) -> Never {
    let usage = program.usageString(for: command)
    let path = usage.prefix { $0 != "<" && $0 != "[" }.trimmingCharacters(in: .whitespaces)
    writeError(
        """
        Error: \(error.message)
        Usage: \(usage)
          See '\(path) --help' for more information.

        """)
    exit(ExitCode.validationFailure.rawValue)
}

/// The sentence that a program ends with on an error, for one that has to say it itself.
public func sentence(on error: any Error) -> String { "\(told(error))" }

/// An error of Foundation's, which would be shown with all its inner parts, as one sentence; any
/// other as it is.
private func told(_ error: any Error) -> any Error {
    guard let reason = systemReason(error) else { return error }
    let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String
    return FoundationFailure(
        description: [path, reason].compactMap(\.self).joined(separator: ": "))
}

private struct FoundationFailure: Error, CustomStringConvertible {
    let description: String
}

/// The arguments with every `-` inside a long flag's name made `_`, and the value attached to an
/// option of `optionalValues` made an argument of its own; values, and all that follows a lone
/// `--`, stay as they are.
func normalized(
    _ arguments: [String], textOptions: Set<String> = [], optionalValues: Set<String> = []
) -> [String] {
    var areFlags = true
    var isText = false
    return arguments.flatMap { argument in
        if isText {
            isText = false
            return [argument]
        }
        if argument == "--" { areFlags = false }
        guard areFlags else { return [argument] }
        let flag = underscored(argument)
        isText = textOptions.contains(flag)
        // ArgumentParser passes over what is attached to an option that may stand alone.
        if let sign = flag.firstIndex(of: "="), optionalValues.contains(String(flag[..<sign])) {
            return [String(flag[..<sign]), String(flag[flag.index(after: sign)...])]
        }
        return [flag]
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
