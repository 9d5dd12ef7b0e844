import Checkpoints
import Configuration
import Foundation
import JSON

/// Models that lie in a folder without a configuration, as SageMaker mounts them.
enum MountedModels {
    /// A configuration that serves what a folder holds: the folder itself, if it is a model, under
    /// the key that requests without one mean; otherwise each folder in it that is a model, under
    /// its own name.
    ///
    /// - Parameter folder: absolute.
    /// - Returns: nil where there is no model.
    static func configuration(of folder: String) -> JSONValue? {
        if isModel(folder) { return models([(Invocations.defaultKey, folder)]) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let found = names.sorted()
            .filter { ModelKey.isValid($0) && $0 != "list" && isModel("\(folder)/\($0)") }
        // Not by `?:`, whose nil would be JSON's null.
        guard !found.isEmpty else { return nil }
        return models(found.map { ($0, "\(folder)/\($0)") })
    }

    /// A model of a folder, as a configuration that lies there says, or else by the defaults.
    ///
    /// - Parameters:
    ///   - key: what to call it, whatever the folder's configuration does.
    ///   - folder: absolute.
    /// - Returns: nil where there is no model, or more than one.
    /// - Throws: `ConfigurationError` with everything that is wrong with the configuration.
    static func model(_ key: String, in folder: String) throws -> ModelConfiguration? {
        let file = folder + "/server_config.json"
        let hasFile = FileManager.default.fileExists(atPath: file)
        guard hasFile || isModel(folder) else { return nil }
        let found = try ServerConfiguration.checked(file, mounted: folder).models
        guard var model = found.first, found.count == 1 else { return nil }
        model.key = key
        return model
    }

    private static func models(_ entries: [(key: String, folder: String)]) -> JSONValue {
        let models = entries.map { entry -> JSONValue in
            ["key": .string(entry.key), "model_name": .string(entry.folder), "preload": true]
        }
        return ["models": .array(models)]
    }

    private static func isModel(_ folder: String) -> Bool {
        guard let found = try? ModelFolder.resolve(modelName: folder) else { return false }
        return found.checkpoint != nil
    }
}
