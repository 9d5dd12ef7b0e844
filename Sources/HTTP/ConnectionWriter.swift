/// The writer a handler gets: it passes what it is given on to the connection's queue.
final class ConnectionWriter: HTTPResponseWriter {
    private let connection: Connection
    private let id: Int
    private let signals: ResponseSignals

    init(connection: Connection, id: Int, signals: ResponseSignals) {
        self.connection = connection
        self.id = id
        self.signals = signals
    }

    deinit {
        // A client whose handler has forgotten it must not wait for ever.
        end(.dropped)
    }

    func send(_ response: HTTPResponse) { end(.whole(response)) }

    func begin(_ response: HTTPResponse) {
        pass(.beginning(response), byteCount: response.body.count)
    }

    func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        pass(.piece(bytes), byteCount: bytes.count)
    }

    func end() { end(.end) }

    func abort() { end(.abort) }

    func onDisconnect(_ action: @escaping @Sendable () -> Void) {
        signals.onDisconnect(action)
    }

    var isCongested: Bool { signals.isCongested }

    func onRelief(_ action: @escaping @Sendable () -> Void) {
        signals.onRelief(action)
    }

    private func pass(_ answer: ConnectionState.Answer, byteCount: Int) {
        guard signals.willWrite(byteCount) else { return }
        connection.enqueue(answer, id: id, byteCount: byteCount)
    }

    private func end(_ answer: ConnectionState.Answer) {
        guard signals.willEnd() else { return }
        connection.enqueue(answer, id: id, byteCount: 0)
    }
}
