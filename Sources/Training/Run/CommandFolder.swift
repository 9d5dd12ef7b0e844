import Foundation

/// What a person may ask of a run that goes on.
public enum TrainingCommand: String, CaseIterable, Sendable {
    case save
    case sample
    case validate
    case learningRate = "learning_rate"
    case printStatus = "print_status"
    case saveAndQuit = "save_and_quit"
    case quit

    /// The folders that stand for it: ours, and the name the original gave it.
    var folders: [String] {
        switch self {
        case .sample: [rawValue, "main_command_generate_samples"]
        case .validate: [rawValue, "main_command_validation"]
        case .learningRate: [rawValue, "main_command_set_learning_rate"]
        default: [rawValue]
        }
    }
}

/// The folder `commands/`: for each command a folder, and whoever removes one (`rmdir
/// commands/save`) has asked for it. It comes back when the command has been taken.
public struct CommandFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// Makes the folders.
    ///
    /// - Throws: `TrainingError.cannotWrite`.
    public func prepare() throws {
        for name in TrainingCommand.allCases.flatMap(\.folders) { try make(name) }
    }

    /// The commands whose folders are gone, which are then put back.
    ///
    /// - Throws: `TrainingError.cannotWrite`.
    public func taken() throws -> Set<TrainingCommand> {
        var taken: Set<TrainingCommand> = []
        for command in TrainingCommand.allCases {
            for name in command.folders where !FileManager.default.fileExists(atPath: join(name)) {
                taken.insert(command)
                try make(name)
            }
        }
        return taken
    }

    /// The learning rate that a person has left in `learning_rate.txt`; nil when there is none that
    /// can be used.
    public func learningRate() -> Double? {
        guard
            let text = try? String(contentsOfFile: join("learning_rate.txt"), encoding: .utf8),
            let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            (0...1e3).contains(rate)
        else { return nil }
        return rate
    }

    private func make(_ name: String) throws {
        try TrainingError.writing(join(name)) {
            try FileManager.default.createDirectory(
                atPath: join(name), withIntermediateDirectories: true)
        }
    }

    private func join(_ name: String) -> String { path + "/" + name }
}
