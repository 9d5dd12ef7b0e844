import JSON

/// One thing wrong in a configuration. Never holds a key.
public struct ConfigurationFault: Error, Sendable, Equatable {
    /// Where it stands in the file; `JSONPosition.none` when it is not in the file.
    public let position: JSONPosition
    /// Which field, as `models[1].generation.top_p`; empty when it is about the whole.
    public let path: String
    /// What is wrong, to be read after the path.
    public let reason: String
    /// What to do about it.
    public let remedy: String

    public init(at position: JSONPosition, path: String, _ reason: String, remedy: String) {
        self.position = position
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }
}

extension ConfigurationFault: CustomStringConvertible {
    public var description: String {
        // Names and values out of the file are in it.
        shown((path.isEmpty ? "" : path + " ") + reason + "; " + remedy, most: 4000)
    }

    /// The line a person reads: `server_config.json:12: port must be …; …`.
    public func line(in file: String) -> String {
        position == .none ? "\(file): \(self)" : "\(file):\(position.line): \(self)"
    }
}

/// Everything wrong in a configuration, in the order of the file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// At least one.
    public let faults: [ConfigurationFault]

    public init(file: String, faults: [ConfigurationFault]) {
        self.file = file
        self.faults = faults.sorted {
            ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
        }
    }

    /// Faults that are told; after as many a person begins anew.
    static let mostShown = 50

    /// One line for each fault, up to `mostShown`.
    public var description: String {
        let lines = faults.prefix(Self.mostShown).map { $0.line(in: file) }
        let isAll = faults.count < Self.mostShown
        return (lines + (isAll ? [] : ["\(file): there may be more; mend these first"])).joined(
            separator: "\n")
    }
}

/// A field that is set and that this version does not act on.
public struct ConfigurationNotice: Sendable, Equatable {
    public let position: JSONPosition
    public let path: String
    public let sentence: String

    /// The line to log: `server_config.json:9: models[0].weights: …`.
    public func line(in file: String) -> String {
        "\(file):\(position.line): \(path): \(sentence)"
    }
}
