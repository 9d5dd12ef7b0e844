import Dispatch
import Foundation
import FoundationNetworking
import Synchronization

/// One HTTP exchange: a request out, and its answer handed piece by piece to the thread that
/// waits for it. Memory is bounded: the network is held while pieces wait to be taken.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
    enum Event {
        case head(ResponseHead)
        case data(Data)
        case end(NetworkFailure?)
    }

    private struct Waiting {
        var events: [Event] = []
        var byteCount = 0
        var isHeld = false
    }

    /// Bytes waiting above which the network is held, and below which it goes on.
    private static let highWater = 16 << 20
    private static let lowWater = 4 << 20

    private let waiting = Mutex(Waiting())
    private let available = DispatchSemaphore(value: 0)

    /// Sends `request` and gives what `body` makes of the answer, whose events it takes with
    /// `next`. The exchange is over, done or not, when this returns.
    static func run<Value>(
        _ request: URLRequest, idleTimeout: Duration,
        _ body: (_ next: () -> Event) throws -> Value
    ) rethrows -> Value {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = idleTimeout / .seconds(1)
        configuration.urlCache = nil
        let transfer = Transfer()
        let session = URLSession(
            configuration: configuration, delegate: transfer, delegateQueue: nil)
        // A session keeps its delegate until it is told to stop.
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        task.resume()
        return try body { transfer.next(of: task) }
    }

    private func next(of task: URLSessionTask) -> Event {
        available.wait()
        return waiting.withLock { waiting in
            let event = waiting.events.removeFirst()
            if case .data(let data) = event { waiting.byteCount -= data.count }
            if waiting.isHeld, waiting.byteCount <= Self.lowWater {
                waiting.isHeld = false
                // Inside the lock, so that it cannot overtake the `suspend` it undoes.
                task.resume()
            }
            return event
        }
    }

    private func put(_ event: Event, of task: URLSessionTask) {
        waiting.withLock { waiting in
            waiting.events.append(event)
            guard case .data(let data) = event else { return }
            waiting.byteCount += data.count
            guard !waiting.isHeld, waiting.byteCount >= Self.highWater else { return }
            waiting.isHeld = true
            task.suspend()
        }
        available.signal()
    }

    // MARK: What the session tells us, on its own queue

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        guard let response = response as? HTTPURLResponse else { return completionHandler(.cancel) }
        let headers = response.allHeaderFields.map { ("\($0)", "\($1)") }
        put(
            .head(
                ResponseHead(
                    status: response.statusCode,
                    headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }))),
            of: dataTask)
        completionHandler(.allow)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        // The redirect itself becomes the answer: which ones to follow is not the session's
        // business, and their headers tell what the file should be.
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        put(.data(data), of: dataTask)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        put(.end(error.map(NetworkFailure.init(of:))), of: task)
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
