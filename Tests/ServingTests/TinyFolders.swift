import Checkpoints
import Foundation
import GPT2
import TestSupport
import Tokenizer

/// A folder of its own with folders of small models in it.
struct TinyFolders {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func path(_ name: String) -> String { folder.path(name) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try folder.write(text, to: name)
    }

    @discardableResult
    func write(_ data: Data, to name: String) throws -> String {
        try folder.write(data, to: name)
    }

    /// Writes a whole model's folder; the same seed has the same weights.
    @discardableResult
    func write(_ name: String, seed: UInt64) throws -> ModelFolder {
        let path = path(name)
        let vocabulary = try TinyModels.vocabulary.get()
        if !FileManager.default.fileExists(atPath: path + "/encoder.json") {
            try vocabulary.write(to: path)
            try folder.write(
                #"{"n_vocab": 257, "n_ctx": 8, "n_embd": 8, "n_head": 2, "n_layer": 1}"#,
                to: name + "/hparams.json")
        }
        try writeWeights(to: path + "/model.safetensors", seed: seed) { _ in true }
        return try ModelFolder.resolve(modelName: nil, restoreFrom: path)
    }

    func writeWeights(to path: String, seed: UInt64, where isIn: (String) -> Bool) throws {
        let weights = try Weights.untrained(
            Hyperparameters(
                vocabularySize: 257, contextLength: 8, embeddingWidth: 8, headCount: 2,
                layerCount: 1), seed: seed)
        let tensors = weights.table.entries.filter { isIn($0.parameter.name) }.map {
            SafetensorsWriter.Tensor(
                name: $0.parameter.name, shape: $0.shape,
                elements: UnsafeBufferPointer(weights.floats(of: $0)))
        }
        try SafetensorsWriter.write(tensors, to: path)
        withExtendedLifetime(weights) {}
    }
}
