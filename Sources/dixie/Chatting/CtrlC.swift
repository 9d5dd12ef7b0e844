import Dispatch
import Foundation
import Synchronization
import Terminal

/// What Ctrl-C does in a chat: it ends the reply under way, or else the wait for a line. Pressed again
/// before that has worked, it ends the program as it always does.
final class CtrlC {
    /// Can be read from once Ctrl-C was pressed with no reply under way.
    let descriptor: Int32
    private let source: any DispatchSourceSignal

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// - Parameter stop: ends replies.
    /// - Throws: `TerminalError` where the process may open nothing more.
    init(_ stop: StopButton) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TerminalError.cannotReadInput(code: errno) }
        descriptor = ends[0]
        let writing = ends[1]
        let isAsked = Flag()
        // Dispatch only watches: without this the signal would still end the process.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(
            signal: SIGINT, queue: DispatchQueue(label: "dixie.ctrl-c"))
        source.setEventHandler {
            switch stop.press() {
            case .stopsReply: return
            case .nothing where !isAsked.isSet.exchange(true, ordering: .relaxed):
                var byte: UInt8 = 0
                _ = write(writing, &byte, 1)
            case .nothing, .stopsAgain:
                signal(SIGINT, SIG_DFL)
                kill(getpid(), SIGINT)
            }
        }
        source.resume()
    }

    deinit { source.cancel() }
}
