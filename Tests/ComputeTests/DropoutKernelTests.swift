import CKernels
import TestSupport
import Testing

@Suite struct DropoutKernelTests {
    static let counts = [1, 7, 15, 16, 17, 63, 64, 65, 80, 257, 1000]

    @Test(arguments: counts, levels)
    func everyLevelDropsTheSameElementsAndNoneBehindTheRow(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let x = random.floats(count, in: -3...3)
        for threshold in [0, 1, 429_496_729, 2_147_483_648, UInt32.max] {
            var dropout = dixie_dropout(
                key: (7, 0xFFFF_FFFF), row: 3, window: 5, site: 1 << 28, threshold: threshold,
                scale: 1.25)
            var plain = x
            dixie_drop(dixie_level_portable, &dropout, &plain, count)
            var row = GuardedRow(x)
            dixie_drop(level, &dropout, &row.floats, count)
            #expect(row.row.map(\.bitPattern) == plain.map(\.bitPattern))
            #expect(row.isBehindUntouched)
            #expect(zip(row.row, x).allSatisfy { $0 == 0 || $0 == 1.25 * $1 })
            if threshold == 0 { #expect(row.row == x.map { 1.25 * $0 }) }
        }
    }

    @Test(arguments: levels) func whatIsDroppedIsZeroEvenIfItWasNoNumber(level: dixie_level) {
        var dropout = dixie_dropout(
            key: (1, 2), row: 0, window: 0, site: 0, threshold: 1 << 31, scale: 2)
        var ones = [Float](repeating: 1, count: 200)
        dixie_drop(level, &dropout, &ones, 200)
        for number: Float in [.infinity, .nan, -1] {
            var row = [Float](repeating: number, count: 200)
            dixie_drop(level, &dropout, &row, 200)
            #expect(zip(row, ones).allSatisfy { ($0 == 0) == ($1 == 0) })
        }
        #expect(ones.contains(0) && ones.contains(2))
    }

    @Test(arguments: levels) func aRowsBeginningIsTheSameHoweverLongItIs(level: dixie_level) {
        var dropout = dixie_dropout(
            key: (3, 4), row: 1, window: 2, site: 3, threshold: 1 << 30, scale: 1)
        var long = [Float](repeating: 1, count: 257)
        dixie_drop(level, &dropout, &long, 257)
        for count in Self.counts where count <= 257 {
            var row = [Float](repeating: 1, count: count)
            dixie_drop(level, &dropout, &row, count)
            #expect(row == Array(long[..<count]))
        }
    }
}
