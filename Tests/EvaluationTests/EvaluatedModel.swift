import Checkpoints
import Compute
import Foundation
import GPT2
import JSON
import TestSupport
import Tokenizer

@testable import Evaluation

/// The committed model that PyTorch was asked about; see `Tests/Fixtures/evaluation`.
struct EvaluatedModel {
    let model: Model
    let tokenizer: BytePairTokenizer
    let pool = ThreadPool(threadCount: 2)

    init() throws {
        let folder = fixture("models/red")
        let size = try Hyperparameters(
            contentsOf: folder.appendingPathComponent("config.json").path)
        let source = try openCheckpoint(folder.appendingPathComponent("model.safetensors").path)
        model = try Model(try Weights(size, from: source))
        tokenizer = try BytePairTokenizer.load(folder: folder.path)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: fixture("evaluation/\(name)")))
    }

    static func list(_ name: String) throws -> [JSONValue] {
        try JSONParser.parse(try bytes(name)).array ?? []
    }
}
