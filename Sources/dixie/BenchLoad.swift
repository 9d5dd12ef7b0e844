import Checkpoints
import GPT2
import Serving

/// Reading a checkpoint's weights into memory and checking them.
struct BenchLoad {
    /// What the weights take in memory.
    let byteCount: Int
    private let path: String
    private let hyperparameters: Hyperparameters

    init(_ arguments: ModelArguments) throws {
        let folder = try arguments.folder()
        path = try folder.requireCheckpoint().path
        hyperparameters = try ModelParts(folder).hyperparameters
        byteCount = ParameterTable(hyperparameters).parameterCount * MemoryLayout<Float>.size
    }

    func run() throws -> Duration {
        try ContinuousClock().measure {
            _ = try Weights(hyperparameters, from: openCheckpoint(path))
        }
    }
}
