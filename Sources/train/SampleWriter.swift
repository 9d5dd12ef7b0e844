import Checkpoints
import Compute
import Foundation
import GPT2
import Serving
import Terminal
import Tokenizer
import Training

/// Draws samples of the model as it is, shows them, and keeps them in `samples/<run>/samples-<N>`.
struct SampleWriter {
    /// Trained meanwhile.
    let weights: Weights
    let tokenizer: BytePairTokenizer
    let options: SampleOptions
    let folder: String
    let seed: UInt64
    let pool: ThreadPool

    /// - Parameters:
    ///   - step: which step's model it is.
    ///   - start: the token to begin with.
    /// - Throws: when the file cannot be written, or there is no memory.
    func write(step: Int, start: TokenID) throws {
        var settings = options.settings(seed: seed)
        // Another text each time, and the same one if the run is made again.
        settings.seed &+= UInt64(step)
        let model = try Model(weights, format: .bf16)
        let window = model.hyperparameters.contextLength
        let sampler = TextSampler(
            model: model, tokenizer: tokenizer, prompt: [start], settings: settings,
            length: options.length > 0 ? options.length : max(1, window - 1), pool: pool)
        var text = ""
        for index in 0..<options.count {
            text += "======== SAMPLE \(index + 1) ========\n"
            try sampler.writeText(of: index, cutAt: nil) { text += $0 }
            text += "\n"
        }
        try writeOut(text)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(to: "\(folder)/samples-\(step)") { try $0.append(Array(text.utf8)) }
    }
}
