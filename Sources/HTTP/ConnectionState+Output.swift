// What goes to the client.

extension ConnectionState {
    /// A part of the answer to request `id`; what comes for any other has come too late.
    mutating func answer(_ answer: Answer, id: Int, at now: Moment) -> [Action] {
        guard phase == .answering, let exchange, exchange.id == id else { return [] }
        guard let encoder = exchange.encoder else {
            return start(answer, now)
        }
        switch answer {
        case .piece(let bytes):
            guard unsentBytes <= limits.overflowBytes else { return shut(now) }
            return send(encoder.piece(bytes), now)
        case .end:
            let actions = send(encoder.end, now)
            return actions + finish(now)
        case .abort, .dropped:
            // No last chunk: the client sees that the answer was cut short.
            self.exchange = nil
            return wind(down: now)
        case .whole, .beginning:
            return []
        }
    }

    private mutating func start(_ answer: Answer, _ now: Moment) -> [Action] {
        do throws(RequestError) {
            switch answer {
            case .whole(let response):
                let bytes = try ResponseEncoder.whole(
                    response, in: context(for: response), seconds: now.seconds)
                let actions = send(bytes, now)
                return actions + finish(now)
            case .beginning(let response):
                let (encoder, bytes) = try ResponseEncoder.beginning(
                    response, in: context(for: response), seconds: now.seconds)
                self.exchange?.encoder = encoder
                self.exchange?.keepsAlive = encoder.context.keepsAlive
                return send(bytes, now)
            case .dropped where !inputEnded:
                throw .noAnswer
            case .abort, .dropped:
                self.exchange = nil
                return wind(down: now)
            case .piece, .end:
                return []
            }
        } catch {
            return refuse(error, now)
        }
    }

    /// Decides, with the answer in hand, whether the connection goes on after it, and how the
    /// answer is framed.
    mutating func context(for response: HTTPResponse) -> ResponseEncoder.Context {
        guard let exchange else { return ResponseEncoder.Context(keepsAlive: false) }
        let isLast =
            isStopping || inputEnded && inbox.isEmpty
            || response.headers.all("Connection").contains { $0.utf8.isSame(as: "close") }
        let keepsAlive = exchange.keepsAlive && !isLast
        self.exchange?.keepsAlive = keepsAlive
        let head = exchange.admission.head
        return ResponseEncoder.Context(
            isHead: head.method == "HEAD", isHTTP10: head.isHTTP10, keepsAlive: keepsAlive)
    }
}
