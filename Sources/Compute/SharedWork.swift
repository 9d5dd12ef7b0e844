import CKernels
import Foundation
import Synchronization

/// The job that a pool's threads share: its parts are claimed one by one until none is left.
///
/// @unchecked Sendable because `job` is written only by the caller that holds `oneCaller`, before
/// the ticket that announces it is published and after its last part is done, and is read only by
/// a thread that has claimed a part of that ticket.
final class SharedWork: @unchecked Sendable {
    private var job: (@Sendable (Int) -> Void)?
    /// Which job (24 bits), how many parts it has (20 bits), and the next to be claimed (20 bits).
    private let ticket = Atomic<UInt64>(0)
    private let unfinished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let oneCaller = Mutex(())
    private let wake = NSCondition()

    /// How long a worker looks for work before it sleeps: at 40 to 140 cycles a pause, about a tenth
    /// of a millisecond, more than the gap between two operations of one step.
    private let spinsBeforeSleep = 4_000

    /// Has all parts of `body` done by this thread and any others that come.
    func share(parts: Int, _ body: @Sendable (Int) -> Void) {
        precondition(parts < 1 << 20, "a ticket has no room for so many parts")
        oneCaller.withLock { _ in
            withoutActuallyEscaping(body) { body in
                job = body
                unfinished.store(parts, ordering: .relaxed)
                let number = (ticket.load(ordering: .relaxed) >> 40) &+ 1
                ticket.store(number << 40 | UInt64(parts) << 20, ordering: .sequentiallyConsistent)
                if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                    wake.withLock { wake.broadcast() }
                }
                while doOnePart() {}
                var spins = 0
                while unfinished.load(ordering: .acquiring) > 0 {
                    spins += 1
                    // A worker whose core another process has taken is not sped up by spinning.
                    if spins < spinsBeforeSleep { dixie_pause() } else { sched_yield() }
                }
                job = nil
            }
        }
    }

    /// Does parts of jobs until `close`; what a worker's thread runs.
    func serve() {
        while !isClosed.load(ordering: .relaxed) {
            var spins = 0
            while spins < spinsBeforeSleep {
                if doOnePart() { spins = 0 } else { dixie_pause() }
                spins += 1
            }
            sleepUntilWork()
        }
    }

    /// Lets the workers' threads end.
    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        wake.withLock { wake.broadcast() }
    }

    /// Claims one part and does it; false when none is left.
    private func doOnePart() -> Bool {
        var seen = ticket.load(ordering: .acquiring)
        while Self.hasUnclaimedPart(seen) {
            let (claimed, now) = ticket.weakCompareExchange(
                expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
            if claimed {
                job?(Int(seen & 0xFFFFF))
                unfinished.subtract(1, ordering: .acquiringAndReleasing)
                return true
            }
            seen = now
        }
        return false
    }

    private static func hasUnclaimedPart(_ ticket: UInt64) -> Bool {
        ticket & 0xFFFFF < (ticket >> 20) & 0xFFFFF
    }

    private func sleepUntilWork() {
        wake.withLock {
            sleepers.add(1, ordering: .sequentiallyConsistent)
            // Looked at after announcing the sleep: either the caller sees the sleeper and wakes
            // it, which needs this lock, or the sleeper sees the work.
            while !Self.hasUnclaimedPart(ticket.load(ordering: .sequentiallyConsistent)),
                !isClosed.load(ordering: .sequentiallyConsistent)
            {
                wake.wait()
            }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
        }
    }
}
