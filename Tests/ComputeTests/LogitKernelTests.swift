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
    func theStairHasEachLogitOnItsStep(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let logits = random.floats(count, in: -60...12) + [-3e38, 12]
        let steps = dixie_step_count
        var masses = [Double](repeating: .nan, count: steps)
        var counts = [UInt32](repeating: .max, count: steps)
        dixie_count_steps(level, logits, logits.count, 12, &masses, &counts)
        #expect(counts.reduce(0, +) == UInt32(logits.count))
        var seen: [Float] = []
        for step in 0..<steps {
            var values = [Float](repeating: .nan, count: logits.count)
            var found = 0
            dixie_gather_step(level, logits, logits.count, 12, step, &values, &found)
            #expect(found == Int(counts[step]))
            let depths = values[..<found].map { min((12 - $0) * 64, Float(steps - 1)) }
            #expect(depths.allSatisfy { Int($0) == step })
            let mass = values[..<found].reduce(0) { $0 + exp(Double($1 - 12)) }
            #expect(abs(masses[step] - mass) <= 1e-6 * mass + 1e-30)
            seen += values[..<found]
            // Those far down are rarely alone: a sample of the steps will do.
            guard step < 64 || count < 1000 || step > steps - 64 else { continue }
            #expect(values[..<found].elementsEqual(logits.filter { isOn(step, $0, steps) }))
        }
        #expect(seen.sorted() == logits.sorted())
    }

    private func isOn(_ step: Int, _ logit: Float, _ steps: Int) -> Bool {
        Int(min((12 - logit) * 64, Float(steps - 1))) == step
    }

    @Test(arguments: counts, levels)
    func weightsAreExponentialsOfWhatIsKept(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let logits = random.floats(count, in: -100...12)
        for threshold in [-Float.infinity, -20, 11] {
            var row = GuardedRow([Float](repeating: .nan, count: count))
            var sum = Double.nan
            dixie_weigh(level, logits, count, 12, threshold, &row.floats, &sum)
            #expect(row.isBehindUntouched)
            var total = 0.0
            for (logit, weight) in zip(logits, row.row) {
                let isKept = logit >= threshold && logit - 12 >= -87
                let expected = isKept ? exp(Double(logit - 12)) : 0
                #expect(abs(Double(weight) - expected) <= 2e-6 * expected)
                total += expected
            }
            #expect(abs(sum - total) <= 1e-6 * total)
            var again = Double.nan
            dixie_weigh(level, logits, count, 12, threshold, nil, &again)
            #expect(again == sum)
        }
    }
}
