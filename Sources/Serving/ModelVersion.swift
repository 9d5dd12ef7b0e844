import Compute
import Foundation
import GPT2
import Synchronization
import Tokenizer

/// One loaded checkpoint: everything a reply comes from. Immutable; whoever holds it may finish
/// with it, whatever is swapped in meanwhile.
public final class ModelVersion: Sendable {
    /// Tells this loaded copy from every other in the process.
    public let number: Scheduler.ModelID
    /// The first 12 hex digits of the weights' SHA-256: the same weights have the same name,
    /// whatever container they came in and whatever form they are kept in.
    public let name: String
    public let model: Model
    public let form: ModelForm
    public let tokenizer: BytePairTokenizer
    /// The checkpoint it was read from.
    public let path: String
    /// Whether its weights were found in the form they serve in, and not made of the checkpoint.
    public let wasPrepared: Bool
    public let loadedAt: Date
    /// Called when the last one has let go of this version.
    let released = ReleaseNotice()

    private static let lastNumber = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - weights: in f32; they are laid out anew, and may go afterwards.
    ///   - form: how the model is to be kept.
    ///   - tokenizer: of the same vocabulary.
    ///   - path: where the weights were read from.
    /// - Throws: `CryptoError`; `ComputeError` when there is no memory; `GPT2Error.tooWide`.
    public convenience init(
        _ weights: Weights, form: ModelForm = ModelForm(), tokenizer: BytePairTokenizer,
        path: String
    ) throws {
        self.init(
            try Model(weights, format: form.weights), name: try weights.versionName(), form: form,
            tokenizer: tokenizer, path: path, wasPrepared: false)
    }

    init(
        _ model: Model, name: String, form: ModelForm, tokenizer: BytePairTokenizer, path: String,
        wasPrepared: Bool
    ) {
        number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        self.name = name
        self.model = model
        self.form = form
        self.tokenizer = tokenizer
        self.path = path
        self.wasPrepared = wasPrepared
        loadedAt = Date()
    }

    public var contextLength: Int { model.hyperparameters.contextLength }
    /// What the weights take in memory.
    public var byteCount: Int { model.weights.byteCount }
}
