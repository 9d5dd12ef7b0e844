import Compute
import Testing

@testable import GPT2

/// Law 1: logits and greedy text equal PyTorch's.
@Suite struct ModelTests {
    let pool = ThreadPool(threadCount: 2)

    @Test(arguments: ReferenceModel.names)
    func logitsOfPromptsOfEveryLengthEqualPyTorchs(name: String) throws {
        let reference = try ReferenceModel(name)
        let size = reference.model.hyperparameters
        let workspace = try Workspace(size)
        for length in 1...size.contextLength {
            let cache = try KVCache(size)
            let logits = try reference.model.forward(
                reference.tokens.prefix(length), cache: cache, workspace: workspace, on: pool)
            expectEqual(
                Array(logits.floats), reference.logits[((length - 1) * size.vocabularySize)...],
                "prompt of \(length) tokens")
        }
    }

    @Test(arguments: ReferenceModel.names)
    func decodingTokenByTokenEqualsPyTorch(name: String) throws {
        let reference = try ReferenceModel(name)
        let size = reference.model.hyperparameters
        let workspace = try Workspace(size)
        let cache = try KVCache(size)
        for (index, token) in reference.tokens.enumerated() {
            let logits = try reference.model.forward(
                [token], cache: cache, workspace: workspace, on: pool)
            expectEqual(
                Array(logits.floats), reference.logits[(index * size.vocabularySize)...],
                "token \(index)")
        }
    }

    @Test(arguments: [1, 3, 7, 32])
    func promptsInPiecesEqualPyTorch(piece: Int) throws {
        let reference = try ReferenceModel("wide")
        let size = reference.model.hyperparameters
        let workspace = try Workspace(size)
        let cache = try KVCache(size)
        for start in stride(from: 0, to: size.contextLength, by: piece) {
            let tokens = reference.tokens[start..<min(start + piece, size.contextLength)]
            let logits = try reference.model.forward(
                tokens, cache: cache, workspace: workspace, logitRows: tokens.count, on: pool)
            expectEqual(
                Array(logits.floats), reference.logits[(start * size.vocabularySize)...],
                "tokens from \(start)")
        }
    }

    @Test(arguments: ReferenceModel.names, [1, 2])
    func greedyTokensEqualThoseOfTransformers(name: String, threads: Int) throws {
        let pool = ThreadPool(threadCount: threads)
        let model = try ReferenceModel(name).model
        let runs = try ReferenceModel.greedyRuns(name)
        #expect(runs.count == 3)
        for (prompt, reply) in runs {
            var settings = SamplingSettings()
            settings.temperature = 0
            let generator = try TokenGenerator(
                model, prompt: prompt, sampler: Sampler(settings, prompt: prompt), on: pool)
            #expect(try (0..<reply.count).map { _ in try generator.next() } == reply)
        }
    }

    @Test func aTruncatedCacheGoesOnAsIfTheRestHadNeverBeen() throws {
        let reference = try ReferenceModel("deep")
        let size = reference.model.hyperparameters
        let workspace = try Workspace(size)
        let cache = try KVCache(size)
        _ = try reference.model.forward(
            reference.tokens.reversed(), cache: cache, workspace: workspace, on: pool)
        cache.truncate(to: 0)
        let logits = try reference.model.forward(
            reference.tokens, cache: cache, workspace: workspace, on: pool)
        expectEqual(
            Array(logits.floats),
            reference.logits[((size.contextLength - 1) * size.vocabularySize)...], "all tokens")
    }

    /// max|a−b| ≤ 1e-4 · max|b|
    private func expectEqual(
        _ found: [Float], _ expected: ArraySlice<Float>, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let pairs = zip(found, expected)
        let difference = pairs.map { abs($0 - $1) }.max() ?? .infinity
        let largest = pairs.map { abs($1) }.max() ?? 0
        #expect(difference <= 1e-4 * largest, "\(what)", sourceLocation: sourceLocation)
    }
}
