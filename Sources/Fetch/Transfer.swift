import Dispatch
import Foundation
import FoundationNetworking
import Synchronization

/// One HTTP exchange: a request out, and its answer handed piece by piece to the thread that
/// waits for it.
final class Transfer: Sendable {
    enum Event {
        case head(ResponseHead)
        case data(Data)
        case end(End)
    }

    enum End: Equatable {
        case whole
        case failed(NetworkFailure)
        /// Broken off by us: pieces came faster than they were taken.
        case fellBehind
    }

    private struct Waiting {
        var events: [Event] = []
        var byteCount = 0
        /// Nothing that comes after the end is wanted.
        var hasEnded = false
        /// Whether the rest of this answer could be asked for later.
        var mayBreakOff = false
    }

    private let mostWaiting: Int
    private let waiting = Mutex(Waiting())
    private let available = DispatchSemaphore(value: 0)

    private init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

    /// Sends `request` and gives what `body` makes of the answer, whose events it takes with
    /// `next`. The exchange is over, done or not, when this returns.
    static func run<Value>(
        _ request: URLRequest, by downloader: Downloader,
        _ body: (_ next: () -> Event) throws -> Value
    ) rethrows -> Value {
        var request = request
        request.timeoutInterval = downloader.idleTimeout / .seconds(1)
        let transfer = Transfer(mostWaiting: downloader.mostWaiting)
        let task = TransferSession.shared.start(request, for: transfer)
        defer { TransferSession.shared.end(task) }
        return try body(transfer.next)
    }

    private func next() -> Event {
        available.wait()
        return waiting.withLock { waiting in
            let event = waiting.events.removeFirst()
            if case .data(let data) = event { waiting.byteCount -= data.count }
            return event
        }
    }

    /// Hands over what has come; called on the session's queue.
    func put(_ event: Event) {
        waiting.withLock { waiting in
            guard !waiting.hasEnded else { return }
            waiting.events.append(event)
            available.signal()
            switch event {
            case .head(let head):
                waiting.mayBreakOff = head.isResumable
            case .data(let data):
                waiting.byteCount += data.count
                guard waiting.mayBreakOff, waiting.byteCount > mostWaiting else { break }
                waiting.hasEnded = true
                waiting.events.append(.end(.fellBehind))
                available.signal()
            case .end: waiting.hasEnded = true
            }
        }
    }
}

extension NetworkFailure {
    init(of error: any Error) {
        guard let code = (error as? URLError)?.code else {
            self = .other(code: (error as NSError).code)
            return
        }
        switch code {
        case .cannotFindHost, .dnsLookupFailed: self = .unknownHost
        case .cannotConnectToHost, .notConnectedToInternet: self = .unreachable
        case .timedOut: self = .timedOut
        case .networkConnectionLost: self = .connectionLost
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
            self = .untrusted
        default: self = .other(code: code.rawValue)
        }
    }
}
