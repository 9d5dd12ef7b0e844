import TestSupport

@testable import HTTP

/// A connection without socket or clock: the test is both.
struct Bench {
    var state: ConnectionState
    let start = ContinuousClock.now
    var now: Moment
    /// What has happened, in order: bytes as text, the rest by name.
    var log: [String] = []
    var refusal: HTTPResponse?
    /// Whether the client takes what is sent at once.
    var isReading = true

    init(
        limits: HTTPLimits = HTTPLimits(), bodies: BodyBudget? = nil, isEncrypted: Bool = false,
        isReading: Bool = true
    ) {
        let bodies = bodies ?? BodyBudget(limit: limits.bodiesBytes)
        state = ConnectionState(
            limits: limits, policy: RequestPolicy(limits: limits), remoteAddress: "192.0.2.1",
            bodies: bodies, isEncrypted: isEncrypted, openedAt: start)
        now = Moment(instant: start, seconds: 0)
        self.isReading = isReading
    }

    mutating func at(_ seconds: Double) {
        now = Moment(instant: start + .seconds(seconds), seconds: Int(seconds))
    }

    mutating func receive(_ wire: String) { perform(state.receive(wire.wire, at: now)) }

    mutating func receiveEnd() { perform(state.receiveEnd(at: now)) }

    mutating func answer(_ answer: ConnectionState.Answer, id: Int = 1) {
        perform(state.answer(answer, id: id, at: now))
    }

    mutating func timeOut() { perform(state.timeOut(at: now)) }

    mutating func take(_ count: Int) { perform(state.sent(count, at: now)) }

    mutating func stop() { perform(state.stop(at: now)) }

    mutating func perform(_ actions: [ConnectionState.Action]) {
        for action in actions {
            switch action {
            case .ask(let head):
                log.append("ask \(head.path)")
                perform(state.decide(refusal, at: now))
            case .dispatch(let request, let id):
                log.append(
                    "\(id): \(request.head.method) \(request.head.path) \(request.body.count)")
            case .send(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                log.append(text.hasPrefix("HTTP") ? String(text.prefix { $0 != "\r\n" }) : text)
                if text.contains("Connection: close") { log.append("says close") }
                if isReading { perform(state.sent(bytes.count, at: now)) }
            case .disconnect(let id): log.append("gone \(id)")
            case .shutdownOutput: log.append("shutdown")
            case .close: log.append("close")
            case .report: break
            }
        }
    }

    /// How long until the deadline, in whole seconds.
    var patience: Int? {
        state.deadline.map { Int((($0 - now.instant) / .seconds(1)).rounded()) }
    }

    mutating func takeLog() -> [String] {
        defer { log = [] }
        return log
    }
}

let get = "GET /a HTTP/1.1¶Host: h¶¶"
let okay = ConnectionState.Answer.whole(HTTPResponse(status: 200))
