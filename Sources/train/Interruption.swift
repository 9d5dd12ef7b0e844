import Dispatch
import Foundation
import Synchronization

/// Whether a person or the system has asked the program to stop. The first Ctrl-C asks, the second
/// ends the program as it always does. A terminal that is closed asks as well, unless `nohup` keeps
/// that from the program. SIGUSR1 asks too: it is what `mpirun` passes on without
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
        let signals = [SIGINT, SIGTERM, SIGUSR1] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        sources = signals.map { [flag] number in
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

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    deinit { for source in sources { source.cancel() } }

    var wasAsked: Bool { flag.isSet.load(ordering: .relaxed) }
}
