import Compute

/// Windows out of a corpus, at random or in sequence.
struct CorpusWindows: WindowSource {
    let corpus: TokenCorpus
    let starts: WindowStarts
    private let windowLength: Int
    private let order: DatasetOptions.Order
    private let random: CounterRandom
    private let stream: UInt32
    /// What stands where there is no token; it comes after all that is learned, so no prediction
    /// that counts depends on it.
    private let padding: Int32

    /// Keeps the draws of places apart from whatever else is drawn with the same seed.
    private static let site: UInt32 = 0x5744_4E57

    /// - Parameters:
    ///   - corpus: at least one window of it has a target, or none can be asked for.
    ///   - windowLength: T.
    ///   - order: of the windows.
    ///   - seed: of the draws.
    ///   - stream: of the draws.
    ///   - padding: an id in 0 ..< V.
    init(
        _ corpus: TokenCorpus, windowLength: Int, order: DatasetOptions.Order, seed: UInt64,
        stream: UInt32, padding: Int32
    ) {
        self.corpus = corpus
        self.windowLength = windowLength
        self.order = order
        self.padding = padding
        self.stream = stream
        random = CounterRandom(seed: seed)
        starts = WindowStarts(in: corpus, windowLength: windowLength, order: order)
    }

    var tokenCount: Int { corpus.tokenCount }

    func window(_ index: Int) throws -> TrainingWindow {
        precondition(index >= 0 && starts.count > 0, "windows are numbered from 0")
        let start = starts[order == .random ? draw(index) : index % starts.count]
        let end = min(start + windowLength + 1, corpus.segment(at: start).upperBound)
        let tokens = try corpus.tokens(in: start..<end)
        var targets = Array(tokens.dropFirst())
        if let learned = corpus.learned {
            for place in start + 1..<end where !learned[place] {
                targets[place - start - 1] = TrainingWindow.ignored
            }
        }
        var inputs = Array(tokens.dropLast())
        let missing = windowLength - inputs.count
        inputs += repeatElement(padding, count: missing)
        targets += repeatElement(TrainingWindow.ignored, count: missing)
        return TrainingWindow(inputs: inputs, targets: targets)
    }

    /// A number below `starts.count` for a window; how much one is likelier than another is less
    /// than their count in 2^64.
    private func draw(_ index: Int) -> Int {
        let position = UInt64(index)
        let (high, low, _, _) = random.words(
            UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
            stream, Self.site)
        let bits = UInt64(high) << 32 | UInt64(low)
        return Int(UInt64(starts.count).multipliedFullWidth(by: bits).high)
    }
}
