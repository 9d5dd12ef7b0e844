import Compute
import GPT2
import TestSupport
import Testing

/// Which elements a dropout drops, held to the random numbers of `CounterRandom`.
@Suite struct DropoutReferenceTests {
    /// Elements 64b ..< 64b + 64 take the words of the counters 16b ..< 16b + 16: sixteen first
    /// words, then sixteen second ones, and so on.
    private func word(_ element: Int, row: UInt32, window: UInt32, site: UInt32, seed: UInt64)
        -> UInt32
    {
        let words = CounterRandom(seed: seed).words(
            UInt32(element / 64 * 16 + element % 16), row, window, site)
        return [words.0, words.1, words.2, words.3][element % 64 / 16]
    }

    @Test(arguments: [1, 7, 16, 17, 63, 64, 65, 80, 257], [0.1, 0.5, 0.999])
    func everyElementIsTheOneItsRandomWordSays(count: Int, rate: Double) {
        var random = SeededGenerator(seed: UInt64(count))
        let places: [(seed: UInt64, row: UInt32, window: UInt32, site: UInt32)] = [
            (0, 0, 0, 0), (1, 2, 3, 4), (.max, 1023, .max, 3 << 28 | 999),
            (0x0123_4567_89AB_CDEF, 7, 1 << 31, 1 << 28 | 47 << 17 | 24),
        ]
        for place in places {
            let x = random.floats(count, in: -2...2)
            let expected = x.enumerated().map { element, number -> Float in
                let word = word(
                    element, row: place.row, window: place.window, site: place.site,
                    seed: place.seed)
                return Double(word) < (rate * 4_294_967_296).rounded(.down)
                    ? 0 : number * Float(1 / (1 - rate))
            }
            var dropped = x
            Dropout(rate: rate, seed: place.seed).drop(
                &dropped, count: count, row: Int(place.row), window: Int(place.window),
                site: place.site)
            #expect(dropped.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test(arguments: [0.05, 0.1, 0.5, 0.9])
    func theFractionDroppedIsTheRateAndTheExpectationStays(rate: Double) {
        let (rows, width) = (200, 1000)
        var (dropped, sum) = (0, 0.0)
        for row in 0..<rows {
            let factors = factors(rate: rate, seed: 11, width: width, row: row)
            dropped += factors.count { $0 == 0 }
            sum += factors.reduce(0) { $0 + Double($1) }
        }
        let count = Double(rows * width)
        // Four standard deviations of as many tosses; the seed is fixed.
        let deviation = 4 * (rate * (1 - rate) / count).squareRoot()
        #expect(abs(Double(dropped) / count - rate) <= deviation)
        #expect(abs(sum / count - 1) <= deviation / (1 - rate))
    }

    @Test func whatIsDroppedDependsOnThePlaceAndTheSeedAlone() {
        let base = factors(rate: 0.5, seed: 1)
        #expect(factors(rate: 0.5, seed: 1) == base)
        let others = [
            factors(rate: 0.5, seed: 2), factors(rate: 0.5, seed: 1 | 1 << 32),
            factors(rate: 0.5, seed: 1, row: 1), factors(rate: 0.5, seed: 1, window: 1),
            factors(rate: 0.5, seed: 1, site: 1),
        ]
        for other in others {
            let same = zip(base, other).count { $0 == $1 }
            // Half of 1,000 by chance.
            #expect((400...600).contains(same))
        }
        #expect(Set(others).count == others.count)
    }

    @Test func aRateOfZeroDropsNothing() {
        #expect(factors(rate: 0, seed: 1).allSatisfy { $0 == 1 })
    }

    private func factors(
        rate: Double, seed: UInt64, width: Int = 1000, row: Int = 0, window: Int = 0,
        site: UInt32 = 0
    ) -> [Float] {
        var factors = [Float](repeating: 1, count: width)
        Dropout(rate: rate, seed: seed).drop(
            &factors, count: width, row: row, window: window, site: site)
        return factors
    }
}
