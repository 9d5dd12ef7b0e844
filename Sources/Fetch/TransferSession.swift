import Foundation
import FoundationNetworking
import Synchronization

/// The process's one session, which hands each task's events to the transfer it belongs to.
///
/// One for all, so that the connection to a source is kept for its next file.
final class TransferSession: NSObject, URLSessionDataDelegate, Sendable {
    static let shared = TransferSession()

    private let transfers = Mutex<[Int: Transfer]>([:])
    private let session = Mutex<URLSession?>(nil)

    func start(_ request: URLRequest, for transfer: Transfer) -> URLSessionTask {
        let task = session.withLock { session in
            let made = session ?? makeSession()
            session = made
            return made.dataTask(with: request)
        }
        transfers.withLock { $0[task.taskIdentifier] = transfer }
        task.resume()
        return task
    }

    /// Nothing of `task` is wanted any more, whether it is done or not.
    func end(_ task: URLSessionTask) {
        _ = transfers.withLock { $0.removeValue(forKey: task.taskIdentifier) }
        if task.state != .completed { task.cancel() }
    }

    private func makeSession() -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }

    private func put(_ event: Transfer.Event, of task: URLSessionTask) {
        transfers.withLock { $0[task.taskIdentifier] }?.put(event)
    }

    // MARK: What the session tells, on its own queue

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
        let end = error.map { Transfer.End.failed(NetworkFailure(of: $0)) } ?? .whole
        put(.end(end), of: task)
    }
}
