import Checkpoints
import Compute
import Foundation
import GPT2
import Synchronization
import TestSupport
import Tokenizer

@testable import Serving

/// Models for tests, whose tokens are the 256 bytes and `<|endoftext|>`.
enum TinyModels {
    static let vocabulary = Result { try BytePairTrainer(vocabularySize: 257).train() }

    /// A committed model of `Tests/Fixtures/gpt2` with a vocabulary of bytes.
    static func version(_ name: String) throws -> ModelVersion {
        let folder = fixture("gpt2/\(name)")
        let size = try Hyperparameters(
            contentsOf: folder.appendingPathComponent("config.json").path)
        let path = folder.appendingPathComponent("model.safetensors").path
        let weights = try Weights(size, from: SafetensorsReader(path: path))
        return try ModelVersion(
            weights, tokenizer: vocabulary.get().tokenizer(), path: path)
    }

    /// A model with random weights and a vocabulary of bytes.
    static func untrained(_ size: Hyperparameters, form: ModelForm) throws -> ModelVersion {
        try ModelVersion(
            Weights.untrained(size, seed: 3), form: form, tokenizer: vocabulary.get().tokenizer(),
            path: "none")
    }

    /// The token of each byte of `text`.
    static func tokens(_ text: String) throws -> [Int32] {
        try vocabulary.get().tokenizer().encode(text)
    }

    /// A request that makes a model say `text`, of which no byte comes twice, and then
    /// `<|endoftext|>`: the bias of each is lower than that of the one before, and whatever was
    /// said is not said again.
    static func script(_ text: String, maximumTokens: Int) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: [1], maximumTokens: maximumTokens)
        request.sampling.temperature = 0
        request.sampling.frequencyPenalty = 50_000
        for (index, token) in (try tokens(text) + [256]).enumerated() {
            request.sampling.logitBias[token] = 100_000 - 1_000 * Double(index)
        }
        return request
    }
}

/// What came of a request, in order, but for its beginning.
final class Reply: Sendable {
    private let events = Mutex<[GenerationEvent]>([])
    private let ended = DispatchSemaphore(value: 0)

    var deliver: @Sendable (GenerationEvent) -> Void {
        { event in
            switch event {
            case .began: return
            case .text, .scores, .promptScores: self.events.withLock { $0.append(event) }
            case .finished, .failed:
                self.events.withLock { $0.append(event) }
                self.ended.signal()
            }
        }
    }

    /// Waits for the end; nil when it does not come.
    func wait() -> GenerationEvent? {
        guard ended.wait(timeout: .now() + 120) == .success else { return nil }
        return all.last
    }

    /// How it ended, if it was generated to an end.
    var summary: GenerationSummary? {
        guard case .finished(let summary) = all.last else { return nil }
        return summary
    }

    var all: [GenerationEvent] { events.withLock { $0 } }

    var texts: [String] {
        all.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    var text: String { texts.joined() }

    /// Any number of texts, none empty, then one end.
    var isInOrder: Bool {
        let isEnd = all.map {
            switch $0 {
            case .finished, .failed: true
            default: false
            }
        }
        return isEnd.filter { $0 }.count == 1 && isEnd.last == true && !texts.contains("")
    }
}
