import TestSupport
import Testing

@testable import Compute

/// What optimizers do to arenas: every float once, whatever the number of threads, and none beside.
@Suite struct ArenaOperationsTests {
    static let counts = [1, 7, 16, 17, 257, 4097, 20_011]

    @Test(arguments: counts, [1, 3])
    func adamStepChangesEachFloatOnce(count: Int, threads: Int) throws {
        var random = SeededGenerator(seed: 1)
        let pool = ThreadPool(threadCount: threads)
        let gradients = random.floats(count, in: -1...1)
        let start = random.floats(count, in: -1...1)
        let step = AdamStep(
            gradientScale: 2, beta1: 0.875, beta2: 0.96875, stepSize: 0.125, rootScale: 2,
            epsilon: 0.0625, kept: 0.75)
        let reference = ReferenceAdamStep(
            gradientScale: 2, beta1: 0.875, beta2: 0.96875, stepSize: 0.125, rootScale: 2,
            epsilon: 0.0625, kept: 0.75)
        let arenas = try (0..<4).map { _ in try Arena([Float](repeating: 0, count: count)) }
        arenas[0].fill(start)
        arenas[1].fill(gradients)
        adamStep(
            step, weights: arenas[0].slice, gradients: arenas[1].slice, first: arenas[2].slice,
            second: arenas[3].slice, on: pool)
        var w = start.map(Double.init)
        var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for index in 0..<count {
            reference.apply(
                to: &w[index], gradient: Double(gradients[index]), first: &m[index],
                second: &v[index])
        }
        #expect(distance(arenas[0].floats, w) <= 5e-7)
        #expect(distance(arenas[2].floats, m) <= 5e-8)
        #expect(distance(arenas[3].floats, v) <= 2e-8)
        #expect(arenas[1].floats == gradients)
        #expect(arenas.allSatisfy { $0.isRestUntouched })
    }

    @Test func sumOfSquaresHasTheSameBitsOnAnyNumberOfThreads() throws {
        // More than two of the parts it is made of, and some.
        let count = 2 << 16 | 17
        var random = SeededGenerator(seed: 2)
        let x = try Arena(random.floats(count, in: -2...2))
        let expected = x.floats.reduce(0.0) { $0 + Double($1) * Double($1) }
        let sums = [1, 2, 3].map { sumOfSquares(x.slice, on: ThreadPool(threadCount: $0)) }
        #expect(Set(sums).count == 1)
        #expect(abs(sums[0] - expected) <= 1e-6 * expected)
        #expect(sumOfSquares(x.slice[5..<5], on: ThreadPool(threadCount: 2)) == 0)
    }

    @Test(arguments: counts, [1, 3])
    func addScaledAndClearStayInTheirSlice(count: Int, threads: Int) throws {
        var random = SeededGenerator(seed: 3)
        let pool = ThreadPool(threadCount: threads)
        let x = try Arena(random.floats(count, in: -2...2))
        let y = try Arena(random.floats(count, in: -2...2))
        let expected = zip(x.floats, y.floats).map { 0.375 * Double($0) + Double($1) }
        addScaled(x.slice, by: 0.375, to: y.slice, on: pool)
        #expect(distance(y.floats, expected) <= 2.5e-7)
        clear(y.slice, on: pool)
        #expect(y.floats.allSatisfy { $0 == 0 })
        #expect(x.isRestUntouched && y.isRestUntouched)
    }

    /// Large enough to be shared out among threads.
    @Test func clearingMuchLeavesNothing() throws {
        let x = try Arena([Float](repeating: 1, count: 200_003))
        clear(x.slice, on: ThreadPool(threadCount: 3))
        #expect(x.floats.allSatisfy { $0 == 0 } && x.isRestUntouched)
    }
}

/// A slice in the middle of a buffer.
private struct Arena {
    private static let margin = 5
    private static let mark: Float = -41.5
    private let buffer: FloatBuffer
    let slice: FloatSlice

    init(_ floats: [Float]) throws {
        buffer = try FloatBuffer(count: floats.count + 2 * Self.margin)
        buffer.floats.update(repeating: Self.mark)
        slice = buffer.slice(Self.margin..<Self.margin + floats.count)
        fill(floats)
    }

    func fill(_ floats: [Float]) { slice.base.update(from: floats, count: floats.count) }

    var floats: [Float] { Array(UnsafeBufferPointer(start: slice.base, count: slice.count)) }

    var isRestUntouched: Bool {
        (buffer.floats.prefix(Self.margin) + buffer.floats.suffix(Self.margin))
            .allSatisfy { $0 == Self.mark }
    }
}
