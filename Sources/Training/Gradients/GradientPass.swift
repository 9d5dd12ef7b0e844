import Compute
import Datasets
import GPT2

/// The loss of windows of text, and its gradients by all of a model's parameters.
///
/// Gradients are added up in an arena laid out like the weights, so that one batch can be given in
/// several parts. The same windows on the same number of threads give the same bits. Belongs to
/// one thread.
public final class GradientPass {
    /// Added to by `accumulate`; cleared by whoever has used them.
    public let gradients: Weights
    private let weights: Weights
    private let settings: PassSettings
    private let batchSize: Int
    private let activations: Activations
    private let scratch: PassScratch
    private let embedding: EmbeddingPass
    private let training: [BlockPass]
    private let evaluation: [BlockPass]
    private let loss: LossPass
    private let noise: InputNoise
    private let pool: ThreadPool

    /// - Parameters:
    ///   - weights: read by each pass; they may change between two.
    ///   - gradients: as large; with `trainsOnlyBlocks` only the blocks' part is ever touched.
    ///   - batchSize: B, the most windows in one pass.
    ///   - windowLength: T, the most tokens in one window, at most the model's context.
    ///   - settings: dropout and the like.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory for a pass of that size.
    public init(
        weights: Weights, gradients: Weights, batchSize: Int, windowLength: Int,
        settings: PassSettings = PassSettings(), on pool: ThreadPool
    ) throws {
        let size = weights.hyperparameters
        precondition(windowLength >= 1 && windowLength <= size.contextLength && batchSize >= 1)
        let rows = batchSize * windowLength
        self.weights = weights
        self.gradients = gradients
        self.settings = settings
        self.batchSize = batchSize
        self.pool = pool
        activations = try Activations(
            size, rows: rows, recomputesBlocks: settings.recomputesBlocks)
        let scratch = try PassScratch(size, rows: rows)
        self.scratch = scratch
        func dropout(_ rate: Double) -> Dropout? {
            rate > 0 ? Dropout(rate: rate, seed: settings.seed) : nil
        }
        let rates = settings.dropout
        embedding = EmbeddingPass(
            weights, gradients: gradients, dropout: dropout(rates.embedding))
        func blocks(attention: Dropout?, residual: Dropout?) throws -> [BlockPass] {
            let attention = try WindowAttention(
                size, windowLength: windowLength, dropout: attention,
                threadCount: pool.threadCount)
            return (0..<size.layerCount).map { layer in
                BlockPass(
                    layer: layer, weights: Block(weights, layer: layer),
                    gradients: Block(gradients, layer: layer), attention: attention,
                    scratch: scratch, residualDropout: residual)
            }
        }
        training = try blocks(
            attention: dropout(rates.attention), residual: dropout(rates.residual))
        evaluation = try blocks(attention: nil, residual: nil)
        loss = try LossPass(
            weights, gradients: gradients, trainsEmbedding: !settings.trainsOnlyBlocks, rows: rows,
            scratch: scratch)
        noise = InputNoise(
            rate: settings.noise, vocabularySize: size.vocabularySize, seed: settings.seed)
    }

    /// Adds the gradients of the windows' loss, times `scale`.
    ///
    /// - Parameters:
    ///   - windows: 1 to B windows of one length.
    ///   - firstWindow: which of the run's windows the first one is; dropout and noise depend on it
    ///     and not on how windows are put together to batches.
    ///   - scale: one over the number of targets in the whole step.
    ///   - finished: told each part of the arena as soon as nothing more is added to it, the last
    ///     parts of the model first.
    /// - Returns: the sum over all targets of the cross-entropy, in nats.
    public func accumulate(
        _ windows: [TrainingWindow], firstWindow: Int, scale: Double,
        finished: (Range<Int>) -> Void = { _ in }
    ) -> Double {
        let place = place(of: windows, firstWindow: firstWindow)
        let tokens = noise.applied(to: windows, firstWindow: firstWindow)
        forward(tokens, through: training, dropping: true, at: place)
        let gradient = scratch.gradient(rows: place.rowCount)
        let sum = loss.run(
            activations.residual(training.count, rows: place.rowCount),
            targets: windows.flatMap(\.targets), backward: (Float(scale), gradient), on: pool)
        let table = weights.table
        let blockFloats = (0..<training.count).map { table.floats(ofBlock: $0) }
        let end = blockFloats.last?.upperBound ?? 0
        if !settings.trainsOnlyBlocks { finished(end..<table.floatCount) }
        for (layer, block) in training.enumerated().reversed() {
            let kept = activations.block(layer, rows: place.rowCount)
            if settings.recomputesBlocks { block.forward(kept, into: nil, at: place, on: pool) }
            block.backward(kept, gradient: gradient, at: place, on: pool)
            finished(blockFloats[layer])
        }
        if !settings.trainsOnlyBlocks {
            embedding.backward(tokens, gradient: gradient, at: place, on: pool)
            finished(0..<(blockFloats.first?.lowerBound ?? table.floatCount))
        }
        return sum
    }

    /// The sum of the cross-entropy over all targets, in nats, as the model stands: without dropout
    /// and noise, and without gradients.
    public func loss(of windows: [TrainingWindow]) -> Double {
        let place = place(of: windows, firstWindow: 0)
        forward(windows.flatMap(\.inputs), through: evaluation, dropping: false, at: place)
        return loss.run(
            activations.residual(evaluation.count, rows: place.rowCount),
            targets: windows.flatMap(\.targets), backward: nil, on: pool)
    }

    private func place(of windows: [TrainingWindow], firstWindow: Int) -> BatchPlace {
        let length = windows.first?.inputs.count ?? 0
        precondition(windows.count >= 1 && windows.count <= batchSize, "no batch of this pass")
        precondition(windows.allSatisfy { $0.inputs.count == length }, "windows of one length")
        return BatchPlace(
            windowCount: windows.count, windowLength: length, firstWindow: firstWindow)
    }

    private func forward(
        _ tokens: [Int32], through blocks: [BlockPass], dropping: Bool, at place: BatchPlace
    ) {
        let rows = place.rowCount
        var embedding = embedding
        if !dropping { embedding = embedding.withoutDropout }
        embedding.forward(tokens, into: activations.residual(0, rows: rows), at: place, on: pool)
        for (layer, block) in blocks.enumerated() {
            block.forward(
                activations.block(layer, rows: rows),
                into: activations.residual(layer + 1, rows: rows), at: place, on: pool)
        }
    }
}
