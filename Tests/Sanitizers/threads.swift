// What scripts/check_sanitizers.sh knows ThreadSanitizer by: `mutex` has no race, `race` has one.
import Foundation
import Synchronization

final class Shared: @unchecked Sendable {
    let guarded = Mutex<[Int]>([])
    var unguarded = 0
}

let shared = Shared()
let races = CommandLine.arguments.contains("race")
let threads = DispatchGroup()
for number in 0..<4 {
    threads.enter()
    Thread.detachNewThread {
        for turn in 0..<20_000 {
            shared.guarded.withLock { values in
                values.append(number)
                if turn % 100 == 0 { values = [] }
            }
            if races, turn % 1000 == 0 { shared.unguarded += 1 }
        }
        threads.leave()
    }
}
threads.wait()
