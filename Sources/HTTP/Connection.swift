import Dispatch
import Logging

/// One client's connection: does what its `ConnectionState` says with a real socket.
final class Connection: @unchecked Sendable {
    // Sendable because everything that changes is only touched on `loop.queue`.

    let id: Int
    private let loop: EventLoop
    private let handler: any HTTPHandler
    private let logger: Logger
    private let onClosed: @Sendable () -> Void

    /// Of all connections of HTTPS; nil for plain HTTP.
    private let handshakes: Handshakes?
    /// It waits for its turn to shake hands.
    private var isHeldBack = false
    private var transport: Transport
    private var state: ConnectionState
    private var outbox = Outbox()
    private var source: EventSource?
    private var current: (id: Int, signals: ResponseSignals)?

    init(
        id: Int, transport: Transport, handshakes: Handshakes?, state: ConnectionState,
        loop: EventLoop, handler: any HTTPHandler, logger: Logger,
        onClosed: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.transport = transport
        self.handshakes = handshakes
        self.state = state
        self.loop = loop
        self.handler = handler
        self.logger = logger
        self.onClosed = onClosed
    }

    // MARK: From other threads

    /// - Parameter isTurnedAway: Whether there is no room for this client.
    func start(isTurnedAway: Bool) {
        loop.queue.async {
            do {
                self.source = try EventSource(
                    descriptor: self.transport.descriptor, set: self.loop.events,
                    onReadable: { self.read() }, onWritable: { self.write() })
            } catch {
                self.logger.warning("a connection was let go", metadata: ["reason": "\(error)"])
                return self.onClosed()
            }
            self.loop.add(self)
            guard let handshakes = self.handshakes else { return self.begin(isTurnedAway) }
            self.isHeldBack = true
            self.update()
            handshakes.begin(
                self.id, onTurn: { self.loop.queue.async { self.begin(isTurnedAway) } },
                onOverdue: { self.loop.queue.async { self.giveUpHandshake() } })
        }
    }

    /// Passes on what the handler of request `id` has said.
    func enqueue(_ answer: ConnectionState.Answer, id: Int, byteCount: Int) {
        loop.queue.async {
            if let current = self.current, current.id == id {
                current.signals.didTake(byteCount)
            }
            self.perform(self.state.answer(answer, id: id, at: .now))
        }
    }

    // MARK: On the loop's queue

    private func begin(_ isTurnedAway: Bool) {
        // Its turn may come when it has just been closed, and its descriptor is somebody else's.
        guard source != nil else { return }
        isHeldBack = false
        perform(isTurnedAway ? state.turnAway(at: .now) : [])
    }

    func timeOut() {
        // What has arrived while this queue was busy has arrived in time.
        read()
        perform(state.timeOut(at: .now))
    }

    func stop() {
        // A request that is already here is still answered.
        read()
        perform(state.stop(at: .now))
    }

    func cut() {
        perform(state.cut(at: .now))
    }

    /// Makes room for others, unless what completes the handshake has arrived meanwhile.
    private func giveUpHandshake() {
        read()
        if state.isShakingHands { cut() }
    }

    private func read() {
        // To the end, because an end is told of only once; with breaks, because others live on this
        // queue.
        for _ in 0..<16 {
            guard state.wantsInput, !isHeldBack else { return }
            switch transport.read(into: loop.readBuffer) {
            case .bytes(let count):
                let bytes = Array(loop.readBuffer[..<count])
                perform(state.receive(bytes, at: .now))
            case .wouldBlock:
                // What has arrived may have been the end of the handshake that writing waits for.
                return transport.isEncrypted ? perform([]) : ()
            case .end:
                perform(state.receiveEnd(at: .now))
            case .failed(let reason):
                logger.debug("connection lost", metadata: ["reason": "\(reason)"])
                perform(state.cut(at: .now))
            }
        }
        loop.queue.async { self.read() }
    }

    private func write() {
        perform([])
        // With TLS it may be reading that has waited for room.
        read()
    }

    /// Does what is to be done, and what follows from that, until nothing does.
    private func perform(_ actions: [ConnectionState.Action]) {
        var actions = actions
        repeat {
            // A list, not recursion: a client can send thousands of small requests at once.
            var next = 0
            while next < actions.count {
                actions += perform(actions[next])
                next += 1
            }
            actions = flush()
        } while !actions.isEmpty
        update()
    }

    private func perform(_ action: ConnectionState.Action) -> [ConnectionState.Action] {
        switch action {
        case .ask(let head):
            return state.decide(handler.refusal(of: head), at: .now)
        case .dispatch(let request, let id):
            let signals = ResponseSignals(limits: state.limits)
            current = (id, signals)
            let writer = ConnectionWriter(connection: self, id: id, signals: signals)
            handler.respond(to: request, with: writer)
        case .send(let bytes):
            outbox.append(bytes)
        case .disconnect(let id):
            if let current, current.id == id { current.signals.disconnect() }
        case .shutdownOutput:
            transport.shutdownOutput()
        case .report(let error):
            // Where the handler's own answer was at fault, it has been heard already.
            if error.status != 500 { handler.didRefuse(status: error.status) }
            logger.log(
                level: error.status == 500 ? .error : .debug, "\(error)",
                metadata: ["status": "\(error.status)", "peer": "\(state.remoteAddress)"])
        case .close:
            outbox = Outbox()
            transport.sayFarewell()
            handshakes?.end(id)
            loop.remove(self)
            source?.cancel(onClosed: onClosed)
            source = nil
        }
        return []
    }

    private func flush() -> [ConnectionState.Action] {
        guard !outbox.isEmpty else { return [] }
        let (sent, stop) = outbox.drain { transport.write($0) }
        var actions = sent > 0 ? state.sent(sent, at: .now) : []
        if case .failed = stop { actions += state.cut(at: .now) }
        return actions
    }

    private func update() {
        current?.signals.update(unsent: state.unsentBytes)
        guard let source else {
            current = nil
            return
        }
        if state.isShakingHands, transport.hasShakenHands {
            state.shookHands(at: .now)
            handshakes?.end(id)
        }
        if let current { state.note(isHeldUp: current.signals.isCongested, at: .now) }
        source.setWriting(transport.waitsToWrite)
        if source.setReading(state.wantsInput && !isHeldBack) {
            // What came meanwhile may have been told of already.
            loop.queue.async { self.read() }
        }
        loop.setDeadline(state.deadline, of: self)
    }
}
