import Chat
import Compute
import Configuration
import Foundation
import JSON

/// The configuration by which `dixie chat` runs models itself: the server's, or one made up for a
/// checkpoint, so that both are held to the same fields, ranges and defaults.
enum LocalConfiguration {
    private static let usualPath = "server_config.json"
    private static let sample = "server_config.json.sample"

    /// Nothing is opened to anybody, so keys and certificates are not looked at.
    private static let surroundings = ServerConfiguration.Surroundings(opensServer: false)

    /// Reads the server's.
    ///
    /// - Parameter path: nil for `server_config.json`, or the sample where there is none.
    /// - Returns: the configuration.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    static func read(_ path: String?) throws -> ServerConfiguration {
        var path = path ?? usualPath
        let files = FileManager.default
        if path == usualPath, !files.fileExists(atPath: path), files.fileExists(atPath: sample) {
            warn("there is no \(usualPath), so these are the models of \(sample)")
            path = sample
        }
        return try ServerConfiguration(path: path, surroundings: surroundings)
    }

    /// Makes one of a single model.
    ///
    /// - Parameters:
    ///   - source: what was said of it.
    ///   - audience: whom it talks with where nothing is said; nil for the first of its names.
    /// - Returns: a configuration of one model.
    /// - Throws: `ConfigurationError`, for names out of the environment that are none.
    static func ofCheckpoint(
        _ source: ChatSource, audience: String?
    ) throws -> ServerConfiguration {
        var members = [
            JSONMember("key", .string(key(of: source.checkpoint ?? source.modelName ?? ""))),
            JSONMember("sanitizer", .string((source.sanitizer ?? .chatbot).rawValue)),
        ]
        if let names = source.names {
            members.append(
                JSONMember("names", .array(Sanitizer.names(in: names).map { .string($0) })))
        }
        if let audience {
            members.append(JSONMember("persona", ["audience": .string(audience)]))
        }
        if let weights = source.weights {
            members.append(JSONMember("weights", .string(weights.rawValue)))
        }
        let configuration: JSONValue = ["models": [.object(members)]]
        return try ServerConfiguration(
            configuration.serializedBytes, file: "the command line",
            folder: FileManager.default.currentDirectoryPath, surroundings: surroundings)
    }

    /// What the model is called: as its folder, where that can be a key.
    private static func key(of path: String) -> String {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let canBe = ChatSessions.Key.isIdentifier(name) && name.utf8.count <= 64 && name != "list"
        return canBe ? name : "chatbot"
    }
}
