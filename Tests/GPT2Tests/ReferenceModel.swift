import Checkpoints
import Compute
import Foundation
import JSON
import TestSupport

@testable import GPT2

/// A committed model and what PyTorch computes with it; see `Tests/Fixtures/gpt2`.
struct ReferenceModel: Sendable {
    static let names = ["wide", "deep", "long"]

    let model: Model
    let tokens: [Int32]
    /// [T, V]: row i is what a prompt of i + 1 tokens gives.
    let logits: [Float]

    init(_ name: String) throws {
        let folder = fixture("gpt2/\(name)")
        let size = try Hyperparameters(
            contentsOf: folder.appendingPathComponent("config.json").path)
        let source = try SafetensorsReader(
            path: folder.appendingPathComponent("model.safetensors").path)
        model = try Model(try Weights(size, from: source))
        let results = try SafetensorsReader(
            path: folder.appendingPathComponent("logits.safetensors").path)
        tokens = try Self.floats("tokens", size.contextLength, results).map { Int32($0) }
        logits = try Self.floats("logits", size.contextLength * size.vocabularySize, results)
    }

    private static func floats(
        _ name: String, _ count: Int, _ source: SafetensorsReader
    ) throws -> [Float] {
        var floats = [Float](repeating: 0, count: count)
        try floats.withUnsafeMutableBufferPointer { try source.read(name, into: $0) }
        return floats
    }

    /// Prompts with the 200 tokens that follow greedily, by `transformers`.
    static func greedyRuns(_ name: String) throws -> [(prompt: [Int32], reply: [Int32])] {
        let data = try Data(contentsOf: fixture("gpt2/\(name)/greedy.json"))
        let tokens = { (value: JSONValue?) in
            (value?.array ?? []).compactMap(\.integer).map { Int32($0) }
        }
        return (try JSONParser.parse([UInt8](data)).array ?? []).map {
            (tokens($0["prompt"]), tokens($0["reply"]))
        }
    }
}
