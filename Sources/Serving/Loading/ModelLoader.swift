import Checkpoints
import Compute
import GPT2
import Synchronization
import Tokenizer

/// Loads models: from prepared weights where there are some of the very files that a folder holds,
/// else from the checkpoint, and prepares them for the next time.
///
/// What is prepared is only ever a shortcut. That it is stale, damaged or cannot be kept is no error:
/// the checkpoint is read instead.
public final class ModelLoader: Sendable {
    private let place: PreparedWeightsPlace
    private let note: @Sendable (String) -> Void
    private let pack: Packing
    private let hasToldOfKeeping = Atomic<Bool>(false)
    private let tokenizers = TokenizerShelf()

    /// - Parameters:
    ///   - place: where prepared weights are kept.
    ///   - note: gets a sentence for the log where prepared weights are damaged, and once where they
    ///     cannot be kept.
    public convenience init(
        _ place: PreparedWeightsPlace, note: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(place, note: note) { try PreparedWeights(packing: $0, $1) }
    }

    /// Packs a checkpoint's weights.
    typealias Packing = @Sendable (String, PackedLayout) throws -> PreparedWeights

    /// As the public one; with a `pack` of their own, tests have something happen meanwhile.
    init(
        _ place: PreparedWeightsPlace, note: @escaping @Sendable (String) -> Void,
        pack: @escaping Packing
    ) {
        self.place = place
        self.note = note
        self.pack = pack
    }

    /// Loads the model that a folder holds, on several threads of the caller's priority.
    ///
    /// - Parameters:
    ///   - folder: with a checkpoint.
    ///   - form: how the model is to be kept.
    /// - Returns: the model.
    /// - Throws: `CheckpointError`, `GPT2Error` or `TokenizerError`, whose descriptions name the
    ///   file and the remedy; `CryptoError`; `ComputeError` when there is no memory.
    public func load(_ folder: ModelFolder, form: ModelForm = ModelForm()) throws -> ModelVersion {
        let checkpoint = try folder.requireCheckpoint()
        let hyperparameters = try Hyperparameters(contentsOf: folder.configuration)
        let layout = try PackedLayout(hyperparameters, format: form.weights)
        let (tokenizer, loaded) = try bothAtOnce(
            { try self.tokenizers.tokenizer(folder.vocabulary) },
            { try self.weights(of: folder, checkpoint, layout) })
        let parts = try ModelParts(folder, hyperparameters, tokenizer)
        return ModelVersion(
            Model(loaded.weights.weights), name: loaded.weights.digest.versionName, form: form,
            tokenizer: parts.tokenizer, path: checkpoint.path, wasPrepared: loaded.wasPrepared)
    }

    /// What a model's weights will take in memory, by its configuration.
    ///
    /// - Throws: `GPT2Error`, `CheckpointError`, as `load`.
    func byteCount(of folder: ModelFolder, form: ModelForm) throws -> Int {
        try PackedLayout(Hyperparameters(contentsOf: folder.configuration), format: form.weights)
            .byteCount
    }

    private func weights(
        of folder: ModelFolder, _ checkpoint: CheckpointFile, _ layout: PackedLayout
    ) throws -> (weights: PreparedWeights, wasPrepared: Bool) {
        guard let path = try place.path(of: folder, checkpoint, format: layout.format) else {
            return (try pack(checkpoint.path, layout), false)
        }
        let files = WeightFiles(ofCheckpoint: checkpoint.path)
        if let prepared = try prepared(path, layout, files) { return (prepared, true) }
        files.outlastTick()
        let weights = try pack(checkpoint.path, layout)
        // What somebody has written to meanwhile need not be what was read.
        if WeightFiles(ofCheckpoint: checkpoint.path) == files {
            keep(weights, path, files)
        }
        return (weights, false)
    }

    private func prepared(
        _ path: String, _ layout: PackedLayout, _ files: WeightFiles
    ) throws -> PreparedWeights? {
        do {
            return try PreparedWeights(reading: path, layout, of: files)
        } catch let error as CheckpointError {
            note("prepared weights are not used and are made anew: \(error)")
            return nil
        }
    }

    private func keep(_ weights: PreparedWeights, _ path: String, _ files: WeightFiles) {
        do {
            try weights.write(to: path, of: files)
        } catch {
            let isFirst = !hasToldOfKeeping.exchange(true, ordering: .relaxed)
            if isFirst {
                note("prepared weights cannot be kept, so that every load takes longer: \(error)")
            }
        }
    }
}

/// Runs two closures on two threads, where there are as many.
private func bothAtOnce<First: Sendable, Second: Sendable>(
    _ first: @Sendable () throws -> First, _ second: @Sendable () throws -> Second
) throws -> (First, Second) {
    let firstResult = Mutex<Result<First, any Error>?>(nil)
    let secondResult = Mutex<Result<Second, any Error>?>(nil)
    onThreads(2) { index in
        if index == 0 {
            let result = Result { try first() }
            firstResult.withLock { $0 = result }
        } else {
            let result = Result { try second() }
            secondResult.withLock { $0 = result }
        }
    }
    guard let first = firstResult.withLock({ $0 }), let second = secondResult.withLock({ $0 })
    else { preconditionFailure("both have run") }
    return (try first.get(), try second.get())
}
