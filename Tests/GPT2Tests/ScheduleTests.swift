import Compute
import TestSupport
import Testing

@testable import GPT2

/// What a sequence gets is the same whatever is run beside it, however its prompt is cut, on any number
/// of threads, and with keys and values that were computed for it or copied: to the bit.
@Suite struct ScheduleTests {
    static let size = {
        guard
            let size = try? Hyperparameters(
                vocabularySize: 101, contextLength: 160, embeddingWidth: 80, headCount: 5,
                layerCount: 2)
        else { preconditionFailure("a size that cannot be") }
        return size
    }()

    /// Of each pair of formats; 200 in all in optimized code.
    #if DEBUG
        static let schedules = 6
    #else
        static let schedules = 25
    #endif

    /// A sequence, and the logits after each of its tokens when it is alone.
    struct Sequence {
        let tokens: [Int32]
        let alone: [[Float]]
        /// All its keys and values.
        let cache: KVCache
    }

    @Test(arguments: WeightFormat.allCases, CacheFormat.allCases)
    func everyScheduleGivesTheSameLogits(format: WeightFormat, cache: CacheFormat) throws {
        let weights = try Weights.untrained(Self.size, seed: 3)
        let model = try Model(weights, format: format)
        let pools = [ThreadPool(threadCount: 1), ThreadPool(threadCount: 2)]
        let workspace = try Workspace(Self.size)
        var random = SeededGenerator(seed: 11)

        let sequences = try (0..<16).map { index in
            let count = index == 0 ? 160 : Int.random(in: 1...90, using: &random)
            let tokens = (0..<count).map { _ in Int32.random(in: 0..<101, using: &random) }
            let own = try KVCache(Self.size, format: cache)
            let alone = try tokens.map {
                Array(
                    try model.forward([$0], cache: own, workspace: workspace, on: pools[0]).floats)
            }
            return Sequence(tokens: tokens, alone: alone, cache: own)
        }
        for schedule in 0..<Self.schedules {
            let present = sequences.shuffled(using: &random).prefix(schedule % 16 + 1)
            let caches = try present.map { sequence in
                let capacity = Int.random(in: sequence.tokens.count...160, using: &random)
                let own = try KVCache(Self.size, capacity: capacity, format: cache)
                if Bool.random(using: &random) {
                    let known = Int.random(in: 0..<sequence.tokens.count, using: &random)
                    own.extend(to: known, from: sequence.cache, on: pools[1])
                }
                return own
            }
            while zip(present, caches).contains(where: { $1.count < $0.tokens.count }) {
                var pieces: [SequencePiece] = []
                var expected: [[Float]] = []
                for (sequence, own) in zip(present, caches) where Bool.random(using: &random) {
                    if Int.random(in: 0..<8, using: &random) == 0, own.count > 0 {
                        // What it has goes into a cache of another size and back, in two parts.
                        let copy = try KVCache(copying: own, on: pools[0])
                        own.truncate(to: Int.random(in: 0...own.count, using: &random))
                        own.extend(to: copy.count, from: copy, on: pools[1])
                    }
                    let left = sequence.tokens[own.count...]
                    guard !left.isEmpty else { continue }
                    let most = [1, 2, 7, 64, 160].randomElement(using: &random) ?? 1
                    let part = left.prefix(Int.random(in: 1...most, using: &random))
                    let rows = Int.random(in: 0...min(3, part.count), using: &random)
                    let end = own.count + part.count
                    expected += sequence.alone[end - rows..<end]
                    pieces.append(SequencePiece(part, cache: own, logitRows: rows))
                }
                guard !pieces.isEmpty else { continue }
                let logits = try model.forward(
                    pieces, workspace: workspace,
                    on: pools.randomElement(using: &random) ?? pools[0])
                for (row, wanted) in expected.enumerated() {
                    try #require(
                        Array(logits.rows(row..<row + 1).floats) == wanted, "schedule \(schedule)")
                }
            }
        }
    }
}
