import Foundation
import Synchronization
import Testing

@testable import Compute

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8])
    func everyPartIsDoneOnce(threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        for parts in [0, 1, 2, 7, 100] {
            let counts = Mutex([Int](repeating: 0, count: parts))
            pool.run(parts: parts) { part in counts.withLock { $0[part] += 1 } }
            #expect(counts.withLock { $0 } == [Int](repeating: 1, count: parts))
        }
    }

    @Test func slicesCoverTheRangeAndAreCutAtMultiples() {
        let pool = ThreadPool(threadCount: 3)
        let slices = Mutex<[Range<Int>]>([])
        pool.forEachSlice(of: 1003, atLeast: 10, multipleOf: 16) { slice in
            slices.withLock { $0.append(slice) }
        }
        let sorted = slices.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(sorted.count == 3)
        #expect(sorted.first?.lowerBound == 0 && sorted.last?.upperBound == 1003)
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(sorted.dropLast().allSatisfy { $0.upperBound % 16 == 0 })
    }

    @Test func shrinkingSharesCoverAllAndEndWithTheShortest() {
        for (units, threads) in [(0, 2), (1, 2), (12, 2), (48, 2), (197, 8), (5, 1)] {
            let cuts = Shares.shrinking.cuts(units, threads: threads)
            let lengths = zip(cuts, cuts.dropFirst()).map { $1 - $0 }
            #expect(cuts.first == 0 && cuts.last == units)
            #expect(lengths == lengths.sorted(by: >) && lengths.allSatisfy { $0 > 0 })
            // A thread that has the longest to itself is done when the others have shared the rest.
            #expect(threads == 1 || units <= 1 || lengths[0] * threads <= units)
        }
    }

    @Test func callersFromSeveralThreadsTakeTurns() {
        let pool = ThreadPool(threadCount: 2)
        let total = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<500 {
                pool.run(parts: 5) { _ in total.add(1, ordering: .relaxed) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 4 * 500 * 5)
    }

    @Test func aPoolThatIsLetGoEndsItsThreads() {
        weak var work: AnyObject?
        do {
            let pool = ThreadPool(threadCount: 4)
            pool.run(parts: 8) { _ in }
            work = pool.sharedWork
        }
        // The threads hold what they share; they let go of it within moments of the pool's end.
        let deadline = DispatchTime.now() + .seconds(300)
        while work != nil, DispatchTime.now() < deadline { usleep(1000) }
        #expect(work == nil)
    }
}
