import Checkpoints
import Configuration
import HTTP
import JSON
import Logging
import Serving

/// Where models are changed by calls, one after the other: each waits for a load.
final class ChangeQueue: Sendable {
    private let logger: Logger
    private let queue = WorkerQueue("dixie.administration", limit: 16)

    init(logger: Logger) { self.logger = logger }

    /// Answers with what a change comes to, when it has been made.
    ///
    /// - Parameters:
    ///   - exchange: whose answer it is.
    ///   - body: makes the change.
    /// - Throws: `APIError` for a page of another origin, and where too many changes wait.
    func run(
        _ exchange: Route.Exchange, _ body: @escaping @Sendable () throws -> JSONValue
    ) throws(APIError) {
        // A page in the owner's browser can send what says nothing of its body, but not hide that it does.
        guard CrossOriginPolicy.isOwn(exchange.request.head, showsKey: exchange.caller != nil)
        else {
            throw APIError(
                403,
                "models are not changed for web pages of others; leave out the header \"Origin\"",
                code: "origin_not_allowed")
        }
        try queue.run { [logger] in
            do {
                exchange.writer.send(.json(try body()))
            } catch {
                // Who may change models may read why they cannot be.
                logger.error("\(error)")
                exchange.writer.send(Self.refusal(error).response)
            }
        }
    }

    private static func refusal(_ error: any Error) -> APIError {
        switch error {
        case let error as APIError: error
        case let error as ServingError:
            if case .loadFailed(_, let reason) = error {
                APIError(422, reason, code: "load_failed")
            } else {
                APIError(error)
            }
        case let error as ConfigurationError:
            APIError(422, "\(error)", code: "invalid_configuration")
        case let error as CheckpointError:
            APIError(422, "\(error)", param: "restore_from", code: "load_failed")
        default: .internalError
        }
    }
}
