/// One connection, without its socket: what has happened goes in, what to do about it comes out.
/// It has no clock and no thread, so that its tests are instant.
///
/// One request is in flight at a time; what a client sends ahead of its answer waits, first here
/// and then, when that is enough, in the client. Methods that report what has happened return
/// the actions in the order they must be done in; after each, `wantsInput` and `deadline` hold.
struct ConnectionState {
    typealias Instant = ContinuousClock.Instant

    enum Action {
        /// Ask the handler for a refusal, and report it with `decide`.
        case ask(HTTPRequestHead)
        /// Hand the handler a whole request; its answer comes back with `answer` and this number.
        case dispatch(HTTPRequest, id: Int)
        /// Queue bytes for the client; `sent` reports how they go.
        case send([UInt8])
        /// Tell the handler of request `id` that its client has gone.
        case disconnect(id: Int)
        /// Say to the client that nothing more will come.
        case shutdownOutput
        /// Close the socket; nothing is reported after it.
        case close
        /// A request was not taken, or its handler's answer not sendable: something to log.
        case report(RequestError)
    }

    /// A part of an answer, as a handler gives it.
    enum Answer: Sendable {
        case whole(HTTPResponse)
        case beginning(HTTPResponse)
        case piece([UInt8])
        case end
        case abort
        /// The handler dropped its writer without ending the answer.
        case dropped
    }

    enum Phase: Equatable {
        /// Between requests.
        case waiting
        /// Inside a head.
        case head
        /// Waiting for `decide`.
        case deciding
        /// Inside a body.
        case body
        /// The handler has the request.
        case answering
        /// Answered; the rest of the body is read and thrown away.
        case draining
        /// Sending the last bytes.
        case flushing
        /// All is sent; waiting for the client's end.
        case lingering
        case closed
    }

    /// The request in flight.
    struct Exchange {
        var id: Int
        var admission: RequestPolicy.Admission
        var framing: BodyFraming
        var keepsAlive: Bool
        /// Set once an answer of unknown length has begun.
        var encoder: ResponseEncoder?
        /// What its body takes of what all may; the request has it once it is whole.
        var bodyShare: BodyShare?
    }

    let limits: HTTPLimits
    let policy: RequestPolicy
    let remoteAddress: String
    let openedAt: Instant
    /// What the bodies of all connections may take.
    let bodies: BodyBudget

    var phase = Phase.waiting
    /// When the phase began.
    var since: Instant
    var parser: RequestParser
    /// What has arrived and is not parsed.
    var inbox: ArraySlice<UInt8> = []
    var exchange: Exchange?
    var body: [UInt8] = []
    var bodyCount = 0
    var lastBodyByte: Instant
    var requestCount = 0
    /// The handshake of HTTPS is not over.
    var isShakingHands: Bool
    /// Since when a first request is waited for.
    var readySince: Instant
    /// The client has closed its side.
    var inputEnded = false
    /// The server is stopping: no request after this one.
    var isStopping = false
    var unsentBytes = 0
    var lastProgress: Instant
    /// Since when the maker of a stream is held up by its client.
    var congestedSince: Instant?

    /// - Parameters:
    ///   - limits: what a client may take.
    ///   - policy: what requests are taken.
    ///   - remoteAddress: the client's.
    ///   - bodies: what the bodies of all connections may take.
    ///   - isEncrypted: whether a handshake comes first; its end is reported with `shookHands`.
    ///   - now: when it was opened.
    init(
        limits: HTTPLimits, policy: RequestPolicy, remoteAddress: String, bodies: BodyBudget,
        isEncrypted: Bool = false, openedAt now: Instant
    ) {
        self.limits = limits
        self.policy = policy
        self.remoteAddress = remoteAddress
        self.bodies = bodies
        isShakingHands = isEncrypted
        readySince = now
        openedAt = now
        since = now
        lastBodyByte = now
        lastProgress = now
        parser = RequestParser(limits: limits)
    }

    /// Whether reading from the socket is of use now.
    var wantsInput: Bool {
        if inputEnded { return false }
        return switch phase {
        case .closed: false
        case .answering, .deciding: inbox.count < limits.pipelinedBytes
        case .waiting: unsentBytes <= limits.highWaterBytes
        default: true
        }
    }

    mutating func enter(_ next: Phase, _ now: Moment) {
        phase = next
        since = now.instant
    }

    /// Goes on to the next request, or to the end of the connection.
    mutating func finish(_ now: Moment) -> [Action] {
        let keepsAlive = exchange?.keepsAlive ?? false
        exchange = nil
        congestedSince = nil
        guard keepsAlive, !isStopping else { return wind(down: now) }
        enter(.waiting, now)
        return parse(now)
    }

    /// Sends what is left to send, and closes in a way that does not destroy it.
    mutating func wind(down now: Moment) -> [Action] {
        inbox = []
        body = []
        guard unsentBytes == 0 else {
            enter(.flushing, now)
            return []
        }
        guard !inputEnded else { return shut(now) }
        enter(.lingering, now)
        return [.shutdownOutput]
    }

    /// Closes at once.
    mutating func shut(_ now: Moment) -> [Action] {
        guard phase != .closed else { return [] }
        let unanswered = phase == .answering ? exchange?.id : nil
        exchange = nil
        inbox = []
        body = []
        unsentBytes = 0
        congestedSince = nil
        enter(.closed, now)
        return (unanswered.map { [.disconnect(id: $0)] } ?? []) + [.close]
    }

    mutating func send(_ bytes: [UInt8], _ now: Moment) -> [Action] {
        guard !bytes.isEmpty else { return [] }
        if unsentBytes == 0 { lastProgress = now.instant }
        unsentBytes += bytes.count
        return [.send(bytes)]
    }
}
