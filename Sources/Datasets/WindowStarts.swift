/// The places at which a window may begin, numbered from 0 without listing them.
struct WindowStarts: Sendable {
    /// `count` places, the first `first`, each `stride` after the one before.
    private struct Run {
        let first: Int
        let stride: Int
        var count: Int

        var last: Int { first + (count - 1) * stride }
    }

    private var runs: [Run] = []
    /// How many places come before each run.
    private var before: [Int] = []
    private(set) var count = 0
    /// How many tokens lie in segments too short for a window; they are never learned.
    private(set) var unusedTokenCount = 0
    /// Whether no segment holds a whole window, so that every window is one segment and padding.
    private(set) var isPadded = false

    /// - Parameters:
    ///   - corpus: what windows are taken out of; none crosses a segment's end or is without a
    ///     target that is to be learned.
    ///   - windowLength: T; a window is T tokens and the one that follows them.
    ///   - order: at random, windows may begin anywhere; in sequence, each begins with the token
    ///     that the one before it ended with as its last target.
    init(in corpus: TokenCorpus, windowLength: Int, order: DatasetOptions.Order) {
        let whole = corpus.segments.filter { $0.count > windowLength }
        guard !whole.isEmpty else {
            isPadded = true
            for segment in corpus.segments where segment.count > 1 {
                if corpus.hasTarget(in: segment) { add(segment.lowerBound, stride: 1) }
            }
            return
        }
        unusedTokenCount = corpus.tokenCount - whole.reduce(0) { $0 + $1.count }
        for segment in whole {
            switch order {
            case .random: addAll(in: segment, of: corpus, windowLength: windowLength)
            case .sequential: addEach(in: segment, of: corpus, windowLength: windowLength)
            }
        }
    }

    subscript(number: Int) -> Int {
        let index = before.partitioningIndex { $0 > number } - 1
        return runs[index].first + (number - before[index]) * runs[index].stride
    }

    /// The last place in the order of the text; nil where there is none.
    var last: Int? { runs.last?.last }

    private mutating func addAll(
        in segment: Range<Int>, of corpus: TokenCorpus, windowLength: Int
    ) {
        let starts = segment.lowerBound..<segment.upperBound - windowLength
        guard let learned = corpus.learned else {
            append(Run(first: starts.lowerBound, stride: 1, count: starts.count))
            return
        }
        // A token is a target of the windows that begin up to T places before it.
        var next = starts.lowerBound
        for place in segment.dropFirst() where learned[place] {
            let first = max(next, place - windowLength)
            let end = min(starts.upperBound, place)
            guard first < end else { continue }
            for start in first..<end { add(start, stride: 1) }
            next = end
        }
    }

    private mutating func addEach(
        in segment: Range<Int>, of corpus: TokenCorpus, windowLength: Int
    ) {
        let fitting = (segment.count - 1) / windowLength
        guard corpus.learned != nil else {
            append(Run(first: segment.lowerBound, stride: windowLength, count: fitting))
            return
        }
        for number in 0..<fitting {
            let start = segment.lowerBound + number * windowLength
            if corpus.hasTarget(in: start..<start + windowLength + 1) {
                add(start, stride: windowLength)
            }
        }
    }

    /// Adds one place, to the last run if it goes on there.
    private mutating func add(_ start: Int, stride: Int) {
        if let run = runs.last, run.stride == stride, run.last + stride == start {
            runs[runs.count - 1].count += 1
            count += 1
        } else {
            append(Run(first: start, stride: stride, count: 1))
        }
    }

    private mutating func append(_ run: Run) {
        guard run.count > 0 else { return }
        runs.append(run)
        before.append(count)
        count += run.count
    }
}

extension TokenCorpus {
    /// Whether any token at `range` but the first, which nothing foretells, is to be learned.
    fileprivate func hasTarget(in range: Range<Int>) -> Bool {
        guard let learned else { return true }
        return range.dropFirst().contains { learned[$0] }
    }
}
