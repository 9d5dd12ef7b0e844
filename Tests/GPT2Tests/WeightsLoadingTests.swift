import Checkpoints
import Compute
import Foundation
import TestSupport
import Testing

@testable import GPT2

/// What a checkpoint may look like; see `Tests/Fixtures/gpt2/make_variations.py`.
@Suite struct WeightsLoadingTests {
    let size: Hyperparameters
    let folder: TemporaryFolder

    init() throws {
        size = try Hyperparameters(contentsOf: fixture("gpt2/variations/config.json").path)
        folder = try TemporaryFolder()
    }

    func weights(_ variation: String) throws -> Weights {
        let path = fixture("gpt2/variations/\(variation).safetensors").path
        return try Weights(size, from: SafetensorsReader(path: path))
    }

    @Test(arguments: [
        "f16", "bf16", "prefixed", "masks", "tied-head", "padded", "tensorflow",
        "tensorflow-outputs", "unit-dimension", "padded-unit-dimension", "optimizer-slots",
    ])
    func everyAcceptedFormGivesTheSameModel(variation: String) throws {
        let plain = try weights("f32")
        let other = try weights(variation)
        #expect(plain.buffer.floats.contains { $0 != 0 })
        #expect(other.buffer.floats.elementsEqual(plain.buffer.floats))
        #expect(try logits(other) == logits(plain))
    }

    func logits(_ weights: Weights) throws -> [Float] {
        let workspace = try Workspace(size)
        let logits = try Model(weights).forward(
            [1, 5, 10, 0], cache: KVCache(size), workspace: workspace, logitRows: 4,
            on: ThreadPool(threadCount: 1))
        return withExtendedLifetime(workspace) { Array(logits.floats) }
    }

    @Test func aHeadThatIsNotTheEmbeddingIsRefusedByName() throws {
        let path = fixture("gpt2/variations/other-head.safetensors").path
        #expect(throws: GPT2Error.untiedHead(path: path, name: "lm_head.weight")) {
            try weights("other-head")
        }
    }

    // MARK: - Refusals

    struct Tensor {
        var name: String
        var shape: [Int]
        var elements: [Float]
    }

    /// The path of a checkpoint that differs from the plain one by `change`, and why it is refused.
    func refusal(
        _ change: (inout [Tensor]) throws -> Void
    ) throws -> (path: String, error: (any Error)?) {
        let plain = try weights("f32")
        var tensors = plain.table.entries.map {
            Tensor(name: $0.parameter.name, shape: $0.shape, elements: Array(plain.floats(of: $0)))
        }
        try change(&tensors)
        let path = folder.path("changed.safetensors")
        try SafetensorsWriter.write(
            tensors.map { .init(name: $0.name, shape: $0.shape, elements: $0.elements) }, to: path)
        do {
            _ = try Weights(size, from: SafetensorsReader(path: path))
            return (path, nil)
        } catch {
            return (path, error)
        }
    }

    func index(_ name: String, _ tensors: [Tensor]) throws -> Int {
        try #require(tensors.firstIndex { $0.name == name })
    }

    @Test func theUnchangedModelIsNotRefused() throws {
        #expect(try refusal { _ in }.error == nil)
    }

    @Test(arguments: ["wte.weight", "h.1.mlp.c_proj.bias", "ln_f.bias"])
    func aMissingTensorIsNamed(name: String) throws {
        let (path, error) = try refusal { $0.removeAll { $0.name == name } }
        #expect(
            error as? CheckpointError == .missingTensors(path: path, tensors: [name]))
    }

    @Test(arguments: ["h.2.ln_1.weight", "score.weight", "model/h0/ln_3/g"])
    func anExtraTensorIsNamed(name: String) throws {
        let (path, error) = try refusal {
            $0.append(Tensor(name: name, shape: [8], elements: [Float](repeating: 0, count: 8)))
        }
        #expect(
            error as? CheckpointError == .unexpectedTensors(path: path, tensors: [name]))
    }

    @Test(arguments: [
        ("wte.weight", [8, 11]), ("wte.weight", [88]), ("wpe.weight", [4, 16]),
        ("h.0.attn.c_attn.weight", [24, 8]), ("h.1.mlp.c_fc.weight", [2, 4, 32]),
        ("h.1.ln_2.bias", [2, 4]), ("h.1.ln_2.bias", [1, 8]),
        ("h.0.mlp.c_fc.weight", [1, 1, 8, 32]),
    ])
    func aWrongShapeIsNamed(name: String, shape: [Int]) throws {
        let (path, error) = try refusal { $0[try index(name, $0)].shape = shape }
        let expected = try #require(
            ParameterTable(size).entries.first { $0.parameter.name == name }
        ).shape
        #expect(
            error as? CheckpointError
                == .wrongShape(path: path, tensor: name, shape: shape, expected: expected))
    }

    @Test(arguments: [("wte.weight", 10), ("wte.weight", 11 + 4097), ("wpe.weight", 9)])
    func onlyTheVocabularyMayBePaddedAndOnlySoFar(name: String, rows: Int) throws {
        let (path, error) = try refusal {
            let place = try index(name, $0)
            $0[place].shape = [rows, 8]
            $0[place].elements = [Float](repeating: 0, count: rows * 8)
        }
        let expected = [name == "wte.weight" ? 11 : 8, 8]
        #expect(
            error as? CheckpointError
                == .wrongShape(path: path, tensor: name, shape: [rows, 8], expected: expected))
    }

    @Test func aParameterUnderTwoNamesIsRefusedWithBoth() throws {
        let (path, error) = try refusal {
            var copy = $0[try index("h.0.ln_1.weight", $0)]
            copy.name = "model/h0/ln_1/g"
            $0.append(copy)
        }
        #expect(
            error as? GPT2Error
                == .duplicateTensor(path: path, names: ["h.0.ln_1.weight", "model/h0/ln_1/g"]))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func weightsThatAreNotFiniteAreRefusedByName(value: Float) throws {
        let name = "h.1.attn.c_attn.weight"
        let (path, error) = try refusal {
            let place = try index(name, $0)
            $0[place].elements[100] = value
        }
        #expect(error as? GPT2Error == .notFinite(path: path, name: name))
    }

    @Test(arguments: [[11], [11, 4], [10, 8], [2, 11, 8]])
    func aHeadOfAnotherShapeIsRefusedByName(shape: [Int]) throws {
        let (path, error) = try refusal {
            let zeros = [Float](repeating: 0, count: shape.reduce(1, *))
            $0.append(Tensor(name: "lm_head.weight", shape: shape, elements: zeros))
        }
        #expect(error as? GPT2Error == .untiedHead(path: path, name: "lm_head.weight"))
    }
}
