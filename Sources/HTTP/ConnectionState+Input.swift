// What comes from the client.

extension ConnectionState {
    mutating func receive(_ bytes: [UInt8], at now: Moment) -> [Action] {
        switch phase {
        case .flushing, .lingering, .closed: return []
        default: break
        }
        if inbox.isEmpty { inbox = bytes[...] } else { inbox += bytes }
        return parse(now)
    }

    /// The client has closed its side; it may still be reading (RFC 9112, section 9.6).
    mutating func receiveEnd(at now: Moment) -> [Action] {
        inputEnded = true
        switch phase {
        case .head, .body:
            return refuse(.truncated, now)
        case .waiting where inbox.isEmpty, .draining:
            return wind(down: now)
        case .lingering:
            return shut(now)
        case .answering:
            guard let exchange, exchange.encoder == nil, limits.halfClose == .cancel else {
                return []
            }
            return [.disconnect(id: exchange.id)]
        case .waiting, .deciding, .flushing, .closed:
            return []
        }
    }

    /// The handler's word on the head it was asked about.
    mutating func decide(_ refusal: HTTPResponse?, at now: Moment) -> [Action] {
        guard phase == .deciding, var exchange = exchange else { return [] }
        let isWaitingForContinue = exchange.admission.expectsContinue && inbox.isEmpty
        guard let refusal else {
            enter(.body, now)
            lastBodyByte = now.instant
            bodyCount = 0
            body = []
            // A client that sends its body regardless needs no leave.
            let actions = isWaitingForContinue ? send(ResponseEncoder.continueLine, now) : []
            return actions + parse(now)
        }
        // Whether a client that waits for leave will send the body after this answer, nobody can
        // know, and so nobody can know where its next request begins.
        var isDrainable = !exchange.admission.expectsContinue
        if case .length(let length) = exchange.framing, length > limits.drainBytes {
            isDrainable = false
        }
        exchange.keepsAlive = exchange.keepsAlive && isDrainable
        self.exchange = exchange
        let actions: [Action]
        do {
            let bytes = try ResponseEncoder.whole(
                refusal, in: context(for: refusal), seconds: now.seconds)
            actions = send(bytes, now)
        } catch {
            return refuse(error, now)
        }
        guard isDrainable else { return actions + wind(down: now) }
        bodyCount = 0
        enter(.draining, now)
        return actions + parse(now)
    }

    mutating func parse(_ now: Moment) -> [Action] {
        var actions: [Action] = []
        while mayParse {
            do {
                guard let event = try parser.next(&inbox) else { break }
                actions += take(event, now)
            } catch {
                // What is read to be thrown away has been answered already.
                return actions + (phase == .draining ? wind(down: now) : refuse(error, now))
            }
        }
        if phase == .waiting {
            if parser.isInsideRequest { enter(.head, now) }
            if inputEnded, inbox.isEmpty {
                actions += phase == .head ? refuse(.truncated, now) : wind(down: now)
            }
        } else if inputEnded, inbox.isEmpty, phase == .body {
            actions += refuse(.truncated, now)
        }
        return actions
    }

    private var mayParse: Bool {
        switch phase {
        // A client that asks on and on and reads nothing must not fill the memory.
        case .waiting: unsentBytes <= limits.highWaterBytes
        case .head, .body, .draining: true
        case .deciding, .answering, .flushing, .lingering, .closed: false
        }
    }

    private mutating func take(_ event: RequestParser.Event, _ now: Moment) -> [Action] {
        switch event {
        case .head(let head):
            do {
                return begin(try policy.admit(head, from: remoteAddress), head.framing, now)
            } catch {
                return refuse(error, now, isHead: head.line.method == "HEAD")
            }
        case .body(let piece):
            bodyCount += piece.count
            lastBodyByte = now.instant
            if phase == .body {
                guard exchange?.bodyShare?.grow(by: piece.count) == true else {
                    return refuse(.tooManyBodies, now)
                }
                body += piece
            } else if bodyCount > limits.drainBytes {
                return wind(down: now)
            }
            return []
        case .end:
            guard phase == .body, let exchange else { return finish(now) }
            let request = HTTPRequest(
                head: exchange.admission.head, body: body, share: exchange.bodyShare)
            body = []
            self.exchange?.bodyShare = nil
            enter(.answering, now)
            // It was sent ahead by a client that has gone since.
            let isGone = inputEnded && limits.halfClose == .cancel
            return [.dispatch(request, id: exchange.id)]
                + (isGone ? [.disconnect(id: exchange.id)] : [])
        }
    }

    private mutating func begin(
        _ admission: RequestPolicy.Admission, _ framing: BodyFraming, _ now: Moment
    ) -> [Action] {
        requestCount += 1
        let isLast =
            requestCount >= limits.requestsPerConnection || isStopping
            || now.instant - openedAt >= limits.connectionTime
        exchange = Exchange(
            id: requestCount, admission: admission, framing: framing,
            keepsAlive: admission.keepsAlive && !isLast, bodyShare: BodyShare(of: bodies))
        enter(.deciding, now)
        return [.ask(admission.head)]
    }

    /// Answers with an error of this room's own, after which the connection ends.
    ///
    /// - Parameters:
    ///   - error: what is wrong.
    ///   - now: the time.
    ///   - isHead: whether it is said of a HEAD that was not let in, and so without a body.
    /// - Returns: what is to be done.
    mutating func refuse(_ error: RequestError, _ now: Moment, isHead: Bool = false) -> [Action] {
        let isHead = isHead || exchange?.admission.head.method == "HEAD"
        let context = ResponseEncoder.Context(isHead: isHead, keepsAlive: false)
        exchange = nil
        // Its own headers are sendable.
        let bytes = try? ResponseEncoder.whole(error.response, in: context, seconds: now.seconds)
        let actions = [.report(error)] + send(bytes ?? [], now)
        return actions + wind(down: now)
    }
}
