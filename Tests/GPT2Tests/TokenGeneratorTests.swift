import Compute
import Testing

@testable import GPT2

@Suite struct TokenGeneratorTests {
    let pool = ThreadPool(threadCount: 1)

    func model(contextLength: Int) throws -> Model {
        let size = try Hyperparameters(
            vocabularySize: 50, contextLength: contextLength, embeddingWidth: 16, headCount: 2,
            layerCount: 2)
        return try Model(try Weights.untrained(size, seed: 7))
    }

    func generator(_ model: Model, prompt: [Int32]) throws -> TokenGenerator {
        var settings = SamplingSettings()
        settings.temperature = 0
        settings.frequencyPenalty = 0.05
        return try TokenGenerator(
            model, prompt: prompt, sampler: Sampler(settings, prompt: prompt), on: pool)
    }

    /// Every token from the whole window anew, and no cache kept.
    func plainly(_ model: Model, prompt: [Int32], count: Int) throws -> [Int32] {
        let size = model.hyperparameters
        var settings = SamplingSettings()
        settings.temperature = 0
        settings.frequencyPenalty = 0.05
        var sampler = Sampler(settings, prompt: prompt)
        let workspace = try Workspace(size)
        defer { withExtendedLifetime(workspace) {} }
        var window = Array(prompt.suffix(size.contextLength))
        return try (0..<count).map { _ in
            if window.count > size.contextLength {
                window = window.suffix(max(1, size.contextLength / 2))
            }
            let logits = try model.forward(
                window, cache: KVCache(size), workspace: workspace, on: pool)
            let token = try sampler.next(logits.floats)
            window.append(token)
            return token
        }
    }

    @Test(arguments: [1, 2, 7, 8], [1, 5, 30])
    func aFullWindowSlidesOnWithItsLaterHalf(contextLength: Int, promptLength: Int) throws {
        let model = try model(contextLength: contextLength)
        let prompt = (0..<promptLength).map { Int32($0 * 7 % 50) }
        let generator = try generator(model, prompt: prompt)
        let tokens = try (0..<30).map { _ in try generator.next() }
        #expect(try plainly(model, prompt: prompt, count: 30) == tokens)
        #expect(Set(tokens).count > 3)
    }

    @Test func logitsMayBeAskedForAgain() throws {
        let model = try model(contextLength: 8)
        let curious = try generator(model, prompt: [3, 1, 4])
        let plain = try generator(model, prompt: [3, 1, 4])
        for _ in 0..<20 {
            let first = try Array(curious.logits())
            let second = try Array(curious.logits())
            #expect(zip(first, second).allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(try curious.next() == plain.next())
        }
    }
}
