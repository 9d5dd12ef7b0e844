import Compute
import Datasets
import GPT2

/// Replaces input tokens by any of the vocabulary, by chance: a model that has seen its own kind of
/// mistakes recovers from them.
struct InputNoise {
    private let rate: Double
    private let vocabularySize: Int
    private let random: CounterRandom

    /// A dropout site has less than 30 bits.
    private static let site: UInt32 = 1 << 31

    init(rate: Double, vocabularySize: Int, seed: UInt64) {
        self.rate = rate
        self.vocabularySize = vocabularySize
        random = CounterRandom(seed: seed)
    }

    /// The inputs of all windows, one after another.
    func applied(to windows: [TrainingWindow], firstWindow: Int) -> [Int32] {
        guard rate > 0 else { return windows.flatMap(\.inputs) }
        return windows.enumerated().flatMap { index, window in
            window.inputs.enumerated().map { position, token in
                let words = random.words(
                    UInt32(truncatingIfNeeded: position), 0,
                    UInt32(truncatingIfNeeded: firstWindow + index), Self.site)
                guard Double(words.0) < rate * 4_294_967_296 else { return token }
                return Int32((UInt64(words.1) * UInt64(vocabularySize)) >> 32)
            }
        }
    }
}
