import Foundation
import GPT2

/// What training takes of memory, known before the first step.
public struct MemoryEstimate: Sendable, Equatable {
    public let weights: Int
    public let gradients: Int
    public let optimizer: Int
    public let activations: Int
    /// Scratch space, a chunk of logits, attention's tiles.
    public let scratch: Int
    /// The program itself, its dataset, messages to other processes and the buffers of a save.
    public let rest: Int

    public var total: Int { weights + gradients + optimizer + activations + scratch + rest }

    /// - Parameters:
    ///   - size: of the model.
    ///   - settings: of the trainer.
    ///   - dataset: bytes that the data takes.
    ///   - messages: bytes of messages to the processes that train along.
    ///   - threads: of the pool.
    public init(
        _ size: Hyperparameters, settings: Trainer.Settings, dataset: Int, messages: Int = 0,
        threads: Int
    ) {
        let float = MemoryLayout<Float>.stride
        let table = ParameterTable(size)
        let parameters = TrainableParameters(table, onlyBlocks: settings.pass.trainsOnlyBlocks)
        let rows = settings.batchSize * settings.windowLength
        let width = size.embeddingWidth
        weights = table.floatCount * float
        gradients = parameters.range.count * float
        optimizer = settings.optimizer.stateCount(of: parameters) * float
        let kept = settings.pass.recomputesBlocks ? 1 : size.layerCount
        activations = Self.product(size.layerCount + 1 + 9 * kept, rows, width, float)
        let chunk = LossPass.chunkRows(vocabulary: size.vocabularySize, rows: rows)
        let tiles = threads * 3 * 64 * settings.windowLength * 2
        scratch =
            Self.product(12, rows, width, float) + (chunk * size.vocabularySize + tiles) * float
        rest = dataset + messages + (48 << 20)
    }

    /// More than any machine has where the product is larger than that: nothing overflows.
    private static func product(_ factors: Int...) -> Int {
        let most = Int.max >> 4
        return factors.reduce(1) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            return overflow ? most : min(next, most)
        }
    }

    /// - Parameters:
    ///   - available: bytes of memory that are free.
    ///   - settings: of the trainer, to say what would take less.
    /// - Throws: `TrainingError.notEnoughMemory` when it cannot fit.
    public func require(available: Int, settings: Trainer.Settings) throws {
        guard total > available else { return }
        var remedies: [String] = []
        if !settings.pass.recomputesBlocks { remedies.append("--memory_saving_gradients") }
        if settings.batchSize > 1 {
            remedies.append("--batch_size 1 --accumulate_gradients \(settings.batchSize)")
        }
        if settings.windowLength > 256 {
            remedies.append("--sample_ctx \(settings.windowLength / 2)")
        }
        if optimizer > weights / 10 { remedies.append("--optimizer adafactor") }
        if !settings.pass.trainsOnlyBlocks { remedies.append("--only_train_transformer_layers") }
        throw TrainingError.notEnoughMemory(
            needed: total, available: available, remedies: remedies)
    }

    /// Bytes that this process may still take: what the system says is available, less where a
    /// container has a limit. Nil where nobody says.
    public static var availableMemory: Int? {
        let system = number(after: "MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
        let limit = wholeNumber(in: "/sys/fs/cgroup/memory.max")
        let used = wholeNumber(in: "/sys/fs/cgroup/memory.current")
        // Pages of files are counted as used, and given up when somebody wants the room.
        let files = ["active_file", "inactive_file"].reduce(0) {
            $0 + (number(after: $1 + " ", in: "/sys/fs/cgroup/memory.stat") ?? 0)
        }
        let container = limit.map { $0 - max(0, (used ?? 0) - files) }
        return [system, container].compactMap(\.self).min()
    }

    private static func number(after key: String, in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key) })
        else { return nil }
        return line.dropFirst(key.count).split(separator: " ").first.flatMap { Int($0) }
    }

    private static func wholeNumber(in path: String) -> Int? {
        (try? String(contentsOfFile: path, encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
