import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct LogitKernelTests {
    static let counts = [1, 15, 16, 17, 1000, 50_257]

    @Test(arguments: counts, levels)
    func divisionDividesAndSaysWhatIsNotFinite(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let logits = random.floats(count, in: -12...12)
        for place in [nil, 0, count / 2, count - 1] {
            for bad in [Float.nan, .infinity, -.infinity, 1e38] {
                var row = GuardedRow(logits)
                if let place { row.floats[place] = bad }
                var isFinite: Int32 = -1
                dixie_divide(level, &row.floats, count, 0.3, &isFinite)
                #expect((isFinite == 1) == (place == nil || (bad == 1e38 && (bad / 0.3).isFinite)))
                #expect(row.isBehindUntouched)
                if place == nil { #expect(row.row == logits.map { $0 / 0.3 }) }
            }
        }
    }

    @Test(arguments: counts, levels)
    func theHighestIsFoundWhereverItStands(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        var logits = random.floats(count, in: -12...12)
        for place in Set([0, count / 2, count - 1]) {
            let before = logits[place]
            logits[place] = 12.5
            var highest: Float = 0
            dixie_highest(level, GuardedRow(logits).floats, count, &highest)
            #expect(highest == 12.5)
            logits[place] = before
        }
    }

    @Test(arguments: counts, levels)
    func aNumberIsFoundWhereItFirstStands(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        var logits = random.floats(count, in: -12...12)
        var place = -1
        dixie_find(level, GuardedRow(logits).floats, count, 12.5, &place)
        #expect(place == count)
        for first in [count - 1, count / 2, 0] {
            logits[first] = 12.5
            dixie_find(level, GuardedRow(logits).floats, count, 12.5, &place)
            #expect(place == first)
        }
    }

    @Test(arguments: counts, levels)
    func weightsAreExponentials(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let logits = random.floats(count, in: -100...12)
        var row = GuardedRow(logits)
        var sum = Double.nan
        dixie_exponentiate(level, &row.floats, count, 12, &sum)
        #expect(row.isBehindUntouched)
        for (logit, weight) in zip(logits, row.row) {
            let expected = logit - 12 >= -87 ? exp(Double(logit - 12)) : 0
            #expect(abs(Double(weight) - expected) <= 2e-6 * expected)
        }
        let total = row.row.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - total) <= 1e-6 * total)
        var highest: [Float] = [12]
        dixie_exponentiate(level, &highest, 1, 12, &sum)
        #expect(highest == [1] && sum == 1)
    }

    @Test(arguments: counts, levels)
    func weightsAreCountedAndSummedFromAThresholdOn(count: Int, level: dixie_level) {
        let weights = self.weights(count)
        for threshold in [0, weights[count / 2], 0.5, 1, 2] {
            let kept = weights.filter { $0 >= threshold }
            let total = kept.reduce(0) { $0 + Double($1) }
            var sum = Double.nan
            var number = -1
            dixie_weigh(level, GuardedRow(weights).floats, count, threshold, &sum, &number)
            #expect(number == kept.count)
            #expect(abs(sum - total) <= 1e-6 * total)
        }
    }

    @Test(arguments: counts, levels)
    func weightsBetweenTwoAreGatheredInOrder(count: Int, level: dixie_level) {
        let weights = self.weights(count)
        for (from, below) in [(0, Float.infinity), (weights[count / 2], 0.7), (0.3, 0.3), (2, 3)] {
            let wanted = weights.filter { $0 >= from && $0 < below }
            var found = GuardedRow([Float](repeating: .nan, count: wanted.count))
            var number = -1
            dixie_gather(
                level, GuardedRow(weights).floats, count, from, below, &found.floats, &number)
            #expect(number == wanted.count)
            #expect(found.row == wanted)
            #expect(found.isBehindUntouched)
        }
    }

    /// Some of every size, and some that are nothing.
    private func weights(_ count: Int) -> [Float] {
        var random = SeededGenerator(seed: UInt64(count))
        return random.floats(count, in: -40...0).map { $0 < -35 ? 0 : exp($0) }
    }
}
