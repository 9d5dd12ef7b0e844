import Checkpoints
import Foundation
import GPT2
import Serving

/// Loading a model, tokenizer aside: from its checkpoint, and as prepared weights.
struct BenchLoad {
    private let folder: ModelFolder
    private let form: ModelForm
    private let loader: ModelLoader

    init(_ arguments: ModelArguments) throws {
        folder = try arguments.folder()
        form = ModelForm(weights: arguments.format)
        loader = arguments.loader
    }

    /// Measures.
    ///
    /// - Parameters:
    ///   - repeats: how often each is measured.
    ///   - json: whether it is one JSON object: of prepared weights, with the seconds that the
    ///     checkpoint takes as `cold_seconds` and `best_cold_seconds`. Where nothing can be prepared
    ///     `prepared` is false, and everything is about the checkpoint.
    /// - Returns: what the command prints.
    /// - Throws: whatever keeps the model from being loaded.
    func report(repeats: Int, json: Bool) throws -> String {
        let cold = try result(ModelLoader(.nowhere), repeats)
        // The first prepares it, if that can be.
        _ = try loader.load(folder, form: form)
        let isPrepared = try loader.load(folder, form: form).wasPrepared
        let prepared = isPrepared ? try result(loader, repeats) : nil
        guard json else {
            return [cold.line("load from the checkpoint"), prepared?.line("load as prepared")]
                .compactMap { $0 }.joined(separator: "\n")
        }
        let object = (prepared ?? cold).json("load", weights: form.weights)
        return object.dropLast()
            + """
            , "prepared": \(isPrepared), "cold_seconds": \(cold.median), \
            "best_cold_seconds": \(cold.best)}
            """
    }

    private func result(_ loader: ModelLoader, _ repeats: Int) throws -> BenchResult {
        let (tokenizer, byteCount) = try { ($0.tokenizer, $0.byteCount) }(
            loader.load(folder, form: form))
        // Held, so that all loads share it, as those of a server's swaps do.
        defer { withExtendedLifetime(tokenizer) {} }
        var result = try BenchResult(repeats: repeats) {
            try ContinuousClock().measure { _ = try loader.load(folder, form: form) }
        }
        result.bytesPerRepeat = byteCount
        return result
    }
}
