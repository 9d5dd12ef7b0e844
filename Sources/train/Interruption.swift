import Dispatch
import Foundation
import Synchronization

/// Whether a person or the system has asked the program to stop. The first Ctrl-C asks, the second
/// ends the program as it always does. SIGUSR1 asks too: it is what `mpirun` passes on without
/// killing everybody soon after, and what batch systems send some time before they do.
final class Interruption {
    private final class Flag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    /// - Parameter whenAsked: is told at once; the step goes on.
    init(whenAsked: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "dixie.interruption")
        sources = [SIGINT, SIGTERM, SIGUSR1].map { [flag] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                flag.isSet.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
                whenAsked()
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    var wasAsked: Bool { flag.isSet.load(ordering: .relaxed) }
}
