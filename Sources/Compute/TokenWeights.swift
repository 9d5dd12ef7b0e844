import CKernels

/// A view of what each token of a vocabulary weighs, [V], each 0 to 1 and the likeliest's 1; somebody
/// else owns them.
public struct TokenWeights {
    private let floats: UnsafeBufferPointer<Float>
    private let level = dixie_cpu_level()

    /// Of all.
    public let sum: Double

    init(_ floats: UnsafeBufferPointer<Float>, sum: Double) {
        self.floats = floats
        self.sum = sum
    }

    /// Some of the tokens.
    public struct Portion {
        public var count: Int
        /// Of their weights; in double precision, from sums of 64 in single.
        public var sum: Double

        static func + (left: Self, right: Self) -> Self {
            Self(count: left.count + right.count, sum: left.sum + right.sum)
        }
    }

    public var count: Int { floats.count }

    public subscript(token: Int) -> Float { floats[token] }

    /// Those that weigh so much or more.
    ///
    /// - Parameters:
    ///   - threshold: 0 for all of them.
    ///   - tokens: which ones are looked at.
    /// - Returns: how many there are, and their sum.
    public func portion(from threshold: Float, of tokens: Range<Int>) -> Portion {
        portion(from: threshold, of: UnsafeBufferPointer(rebasing: floats[tokens]))
    }

    /// The highest threshold that leaves enough, so that without the lightest it leaves, and their
    /// equals, there would be too little.
    ///
    /// - Parameter isEnough: true of some portion, and of each that holds more.
    /// - Returns: 0 where only all are enough, or not even they.
    public func threshold(where isEnough: (Portion) -> Bool) -> Float {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.fewTokens) { few in
            var search = ThresholdSearch(all: Portion(count: count, sum: sum))
            while !search.isDone, search.between > Self.fewTokens {
                search.note(portion(from: search.middle, of: floats), isEnough)
            }
            guard !search.isDone, let start = few.baseAddress else { return search.threshold }
            // The rest of the way only those in between matter.
            var found = 0
            dixie_gather(
                level, floats.baseAddress, floats.count, search.threshold, search.above, start,
                &found)
            let heavier = search.heavier
            let between = UnsafeBufferPointer(rebasing: few[..<found])
            while !search.isDone {
                search.note(heavier + portion(from: search.middle, of: between), isEnough)
            }
            return search.threshold
        }
    }

    /// So few that looking at them costs nothing.
    private static let fewTokens = 2048

    private func portion(
        from threshold: Float, of some: UnsafeBufferPointer<Float>
    ) -> Portion {
        var portion = Portion(count: 0, sum: 0)
        dixie_weigh(level, some.baseAddress, some.count, threshold, &portion.sum, &portion.count)
        return portion
    }
}

/// Where a threshold may still lie. It halves what is left by the bits of its numbers, which are in the
/// order of the numbers where none is negative.
private struct ThresholdSearch {
    private var low: UInt32 = 0
    private var high = Float(1).bitPattern + 1
    private var lighter: TokenWeights.Portion
    /// What the threshold must be lower than to keep.
    private(set) var heavier = TokenWeights.Portion(count: 0, sum: 0)

    /// What weighs less than this hardly ever comes, so that is asked first.
    private static let rare = Float(0x1p-16)

    init(all: TokenWeights.Portion) { lighter = all }

    /// The highest that is known to leave enough.
    var threshold: Float { Float(bitPattern: low) }
    /// The lowest that is known to leave too little.
    var above: Float { Float(bitPattern: high) }
    var middle: Float {
        let isFirst = low == 0 && above > 1
        return isFirst ? Self.rare : Float(bitPattern: low + (high - low) / 2)
    }
    /// How many tokens may yet be the lightest.
    var between: Int { lighter.count - heavier.count }
    /// One token between is the lightest that is needed.
    var isDone: Bool { high - low <= 1 || between <= 1 }

    mutating func note(
        _ portion: TokenWeights.Portion, _ isEnough: (TokenWeights.Portion) -> Bool
    ) {
        let middle = middle.bitPattern
        if isEnough(portion) {
            low = middle
            lighter = portion
        } else {
            high = middle
            heavier = portion
        }
    }
}
