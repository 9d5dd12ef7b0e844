// What scripts/check_sanitizers.sh knows ThreadSanitizer by: `mutex` has no race, `race` has one.
import Foundation
import Synchronization

final class Shared: @unchecked Sendable {
    let guarded = Mutex<[Int]>([])
    var unguarded = 0
    let arrived = Atomic<Int>(0)
}

let shared = Shared()
let races = CommandLine.arguments.contains("race")
let threads = DispatchGroup()
for number in 0..<4 {
    threads.enter()
    Thread.detachNewThread {
        if races {
            // All are there before any goes on, and nothing but a relaxed number tells them so: on a
            // busy machine they would run one after another, and the mutex would order them.
            shared.arrived.add(1, ordering: .relaxed)
            while shared.arrived.load(ordering: .relaxed) < 4 { sched_yield() }
            shared.unguarded += 1
        }
        for turn in 0..<20_000 {
            shared.guarded.withLock { values in
                values.append(number)
                if turn % 100 == 0 { values = [] }
            }
        }
        threads.leave()
    }
}
threads.wait()
