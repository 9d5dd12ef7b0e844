import Checkpoints
import Compute
import Datasets
import Foundation
import GPT2
import JSON
import TestSupport
import Training

/// A committed model and what PyTorch's training computes with it; see `Tests/Fixtures/training`.
struct TrainingFixture {
    static let names = ["wide", "deep", "long"]

    let size: Hyperparameters
    let windows: [TrainingWindow]
    let loss: Double
    /// By optimizer: before each of ten steps, and after the last.
    let losses: [String: [Double]]
    private let folder: URL

    init(_ name: String) throws {
        folder = fixture("training/\(name)")
        size = try Hyperparameters(contentsOf: folder.appendingPathComponent("config.json").path)
        let data = try Data(contentsOf: folder.appendingPathComponent("training.json"))
        let json = try JSONParser.parse([UInt8](data))
        func rows(_ key: String) -> [[Int32]] {
            (json[key]?.array ?? []).map {
                ($0.array ?? []).compactMap(\.integer).map { Int32($0) }
            }
        }
        windows = zip(rows("inputs"), rows("targets")).map {
            TrainingWindow(inputs: $0, targets: $1)
        }
        loss = json["loss"]?.number ?? .nan
        losses = Dictionary(
            uniqueKeysWithValues: (json["losses"]?.object ?? []).map {
                ($0.key, ($0.value.array ?? []).compactMap(\.number))
            })
    }

    /// Counted ones.
    var targetCount: Int { windows.reduce(0) { $0 + $1.targets.filter { $0 >= 0 }.count } }

    func weights() throws -> Weights { try tensors("model") }

    /// The gradient of the mean loss, laid out as the weights.
    func gradients() throws -> Weights { try tensors("gradients") }

    private func tensors(_ name: String) throws -> Weights {
        let path = folder.appendingPathComponent("\(name).safetensors").path
        return try Weights(size, from: SafetensorsReader(path: path))
    }

    /// A pass over the fixture's windows in one batch.
    func pass(
        _ weights: Weights, settings: PassSettings = PassSettings(), threads: Int = 2
    ) throws -> GradientPass {
        try GradientPass(
            weights: weights, gradients: Weights(zerosFor: size), batchSize: windows.count,
            windowLength: size.contextLength, settings: settings,
            on: ThreadPool(threadCount: threads))
    }
}

/// The bits of one tensor.
func floats(_ weights: Weights, _ entry: ParameterTable.Entry) -> [Float] {
    Array(weights.floats(of: entry))
}

/// All floats of an arena.
func allFloats(_ weights: Weights) -> [Float] { Array(weights.buffer.floats) }
