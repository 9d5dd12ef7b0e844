import Crypto
import HTTP
import Logging
import Synchronization

/// What the log says of one request when it has been answered: one line, with nothing in it that
/// the client wrote but the names of a route and a model.
final class AnswerRecord: Sendable {
    /// What the client can quote when it asks about an answer; sent as `x-request-id`.
    let requestID: String
    /// When the request came in: what deadlines are counted from.
    let arrival = ContinuousClock.now
    private let method: String
    private let path: String
    private let dialect: Dialect
    private let headers: HTTPHeaders
    private let metrics: RequestMetrics
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var model: String?
        var version: String?
        var usage: UsageCount?
        /// Tokens of the longest choice: those of others were made beside them.
        var longest = 0
        var isGone = false
        var onUsage: (@Sendable (UsageCount) -> Void)?
        var firstToken: ContinuousClock.Instant?
        var isWritten = false
    }

    /// - Parameters:
    ///   - method: the request's.
    ///   - path: the route's, or nil where there is none: what is no route may be anything.
    ///   - headers: what the answer carries besides.
    ///   - metrics: counts it.
    ///   - logger: gets the line.
    init(
        method: String, path: String?, headers: HTTPHeaders, metrics: RequestMetrics,
        logger: Logger
    ) {
        // Without random numbers a request has no name, which is no reason not to answer it.
        requestID = (try? SecureRandom.identifier(byteCount: 8)) ?? ""
        self.method = method
        self.path = path ?? "-"
        dialect = Dialect(path: path)
        self.headers = headers
        self.metrics = metrics
        self.logger = logger
    }

    /// - Parameter model: one of the configuration's.
    func note(model: String) { state.withLock { $0.model = model } }

    /// Takes note of the time, at the first call.
    func noteToken() {
        state.withLock { if $0.firstToken == nil { $0.firstToken = .now } }
    }

    /// - Parameter version: of the weights that the reply comes from; sent as `x-model-version`.
    func note(version: String) { state.withLock { $0.version = version } }

    /// - Parameter usage: what a choice took, added to that of the others.
    func note(_ usage: UsageCount) {
        let onUsage = state.withLock { state in
            state.usage = state.usage.map { $0 + usage } ?? usage
            state.longest = max(state.longest, usage.completion)
            return state.onUsage
        }
        onUsage?(usage)
    }

    /// Takes note that the client went before it had its reply.
    func noteGone() { state.withLock { $0.isGone = true } }

    /// - Parameter action: told of what the reply took, once it is known.
    func onUsage(_ action: @escaping @Sendable (UsageCount) -> Void) {
        state.withLock { $0.onUsage = action }
    }

    /// Adds what every answer carries.
    func marked(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        for field in headers.fields {
            // What the answer depends on, it may say itself already.
            let own = field.name == "Vary" ? response.headers.all("Vary") : []
            let others = own.filter { $0 != field.value }
            response.headers.set(
                field.name, (others + [field.value]).joined(separator: ", "))
        }
        if let version = state.withLock({ $0.version }) {
            response.headers.set("x-model-version", version)
        }
        if !requestID.isEmpty { response.headers.set("x-request-id", requestID) }
        return response
    }

    /// Writes the line and counts the answer, the first time.
    func answered(_ status: Int, isWhole: Bool = true) {
        let state = state.withLock { state in
            defer { state.isWritten = true }
            return state
        }
        guard !state.isWritten else { return }
        let seconds = (ContinuousClock.now - arrival) / .seconds(1)
        metrics.note(
            RequestMetrics.Answered(
                dialect: dialect, model: state.model, status: status, seconds: seconds,
                secondsToFirstToken: state.firstToken.map { ($0 - arrival) / .seconds(1) },
                usage: state.usage, longestChoice: state.longest, isGone: state.isGone))
        var metadata: Logger.Metadata = [
            "method": "\(method)", "path": "\(path)", "status": "\(status)",
            "seconds": "\((seconds * 1000).rounded() / 1000)", "request": "\(requestID)",
        ]
        if let model = state.model { metadata["model"] = "\(model)" }
        if let usage = state.usage {
            metadata["prompt_tokens"] = "\(usage.prompt)"
            metadata["completion_tokens"] = "\(usage.completion)"
        }
        if !isWhole { metadata["cut"] = "true" }
        logger.info("answered", metadata: metadata)
    }
}
