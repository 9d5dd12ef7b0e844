import Checkpoints
import Compute
import GPT2

extension RunFolder {
    /// Writes a checkpoint, whole or not at all: a crash at any moment leaves the one before.
    ///
    /// - Parameters:
    ///   - trainer: whose weights, optimizer and state to keep.
    ///   - count: how many checkpoints to keep; 0 for all.
    ///   - sparing: a step whose checkpoint stays all the same.
    /// - Throws: `CheckpointError` when the disk is full or broken, `TrainingError.cannotWrite`.
    public func save(_ trainer: Trainer, keeping count: Int, sparing: Int? = nil) throws {
        // The writer sees addresses only.
        defer { withExtendedLifetime(trainer) {} }
        let step = trainer.state.step
        let fields =
            trainer.state.fields + [
                ("optimizer", trainer.settings.optimizer.rawValue),
                ("optimizer_steps", "\(trainer.optimizer.stepCount)"),
            ]
        try SafetensorsWriter.write(
            trainer.optimizer.state.map {
                .init(name: $0.name, shape: $0.shape, elements: UnsafeBufferPointer($0.floats))
            }, to: statePath(step), metadata: fields)
        try trainer.weights.writeSafetensors(to: modelPath(step))
        try link(step)
        try writeCounter(step)
        if count > 0 { try deleteOldest(keeping: count, sparing: sparing) }
    }

    /// What the run remembers of a step.
    ///
    /// - Returns: the state; nil where only the model was kept.
    /// - Throws: `CheckpointError`, `TrainingError.notResumable`.
    public func state(of step: Int) throws -> TrainingState? {
        guard let saved = try savedState(of: step) else { return nil }
        guard let state = TrainingState(fields: saved.metadata), state.step == step else {
            throw TrainingError.notResumable(
                path: saved.path, fault: "it does not say where in its run it was saved")
        }
        return state
    }

    /// Gives a trainer's optimizer what it remembered at a step.
    ///
    /// - Throws: `CheckpointError`; `TrainingError` when it was another optimizer's, or of a model
    ///   of another size.
    public func restoreOptimizer(of trainer: Trainer, at step: Int) throws {
        guard let saved = try savedState(of: step) else { return }
        let wanted = trainer.settings.optimizer.rawValue
        let optimizer = saved.metadata["optimizer"] ?? "none"
        guard optimizer == wanted else {
            throw TrainingError.otherOptimizer(
                path: saved.path, saved: optimizer, wanted: wanted)
        }
        guard let steps = saved.metadata["optimizer_steps"].flatMap({ Int($0) }), steps >= 0 else {
            throw TrainingError.notResumable(
                path: saved.path, fault: "it does not say how many steps the optimizer took")
        }
        let tensors = trainer.optimizer.state
        let found = Dictionary(
            saved.tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
        guard tensors.count == found.count,
            tensors.allSatisfy({ found[$0.name] == $0.shape })
        else {
            throw TrainingError.notResumable(
                path: saved.path,
                fault: "it is of a model of another size, or trained in other parts")
        }
        for tensor in tensors {
            try saved.read(tensor.name, into: UnsafeMutableBufferPointer(tensor.floats))
        }
        trainer.optimizer.stepCount = steps
    }

    private func savedState(of step: Int) throws -> SafetensorsReader? {
        let path = statePath(step)
        // Asked of the reader, not of the disk beforehand: nothing can come between.
        do {
            return try SafetensorsReader(path: path)
        } catch CheckpointError.noSuchFile {
            return nil
        }
    }
}

extension UnsafeBufferPointer<Float> {
    init(_ slice: FloatSlice) { self.init(start: slice.base, count: slice.count) }
}

extension UnsafeMutableBufferPointer<Float> {
    init(_ slice: FloatSlice) { self.init(start: slice.base, count: slice.count) }
}
