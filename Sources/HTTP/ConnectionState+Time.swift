// What comes from the socket, the clock and the server.

extension ConnectionState {
    /// When to call `timeOut`, if nothing happens before.
    var deadline: Instant? {
        guard !isShakingHands else {
            return phase == .closed ? nil : openedAt + limits.handshakeTime
        }
        let step: Instant? =
            switch phase {
            case .waiting where requestCount == 0, .head where requestCount == 0:
                readySince + limits.headTime
            // Idle is who has taken the last answer; before that, it is `stall` that counts.
            case .waiting where unsentBytes > 0: nil
            case .waiting: max(since, lastProgress) + limits.keepAliveTime
            case .head: since + limits.headTime
            case .body:
                [lastBodyByte + limits.bodyIdleTime, since + limits.bodyTime, bodyPace]
                    .compactMap(\.self).min()
            case .draining: since + limits.drainTime
            case .lingering: since + limits.lingerTime
            case .deciding, .answering, .flushing, .closed: nil
            }
        return [stall, step].compactMap(\.self).min()
    }

    /// When a body that gets no further will have come in too slowly.
    private var bodyPace: Instant? {
        guard limits.bodyBytesPerSecond > 0 else { return nil }
        return since + limits.bodyGraceTime
            + .seconds(Double(bodyCount) / Double(limits.bodyBytesPerSecond))
    }

    /// When a client that has bytes to take counts as gone: it has taken none, or of a stream so few that
    /// its reply is kept from going on.
    private var stall: Instant? {
        guard unsentBytes > 0 else { return nil }
        return min(lastProgress, congestedSince ?? lastProgress) + limits.writeStallTime
    }

    mutating func timeOut(at now: Moment) -> [Action] {
        guard let deadline, deadline <= now.instant else { return [] }
        if isShakingHands { return shut(now) }
        if let stall, stall <= now.instant { return shut(now) }
        return switch phase {
        case .head: refuse(.headTimeout, now)
        case .body: refuse(.bodyTimeout, now)
        case .draining: wind(down: now)
        default: shut(now)
        }
    }

    /// A stream's maker is held up, or no longer.
    mutating func note(isHeldUp: Bool, at now: Moment) {
        guard phase == .answering, exchange?.encoder != nil else { return }
        congestedSince = isHeldUp ? congestedSince ?? now.instant : nil
    }

    /// The handshake of HTTPS is over.
    mutating func shookHands(at now: Moment) {
        isShakingHands = false
        readySince = now.instant
    }

    /// The socket has taken `count` bytes of what was to be sent.
    mutating func sent(_ count: Int, at now: Moment) -> [Action] {
        unsentBytes -= count
        lastProgress = now.instant
        switch phase {
        case .flushing where unsentBytes == 0: return wind(down: now)
        case .waiting where !inbox.isEmpty: return parse(now)
        default: return []
        }
    }

    /// The server is stopping: the request in flight, if any, is the last.
    mutating func stop(at now: Moment) -> [Action] {
        isStopping = true
        guard phase == .waiting, inbox.isEmpty, !parser.isInsideRequest else { return [] }
        return unsentBytes == 0 ? shut(now) : wind(down: now)
    }

    /// The client has reset the connection or vanished, or the server's patience is over.
    mutating func cut(at now: Moment) -> [Action] {
        shut(now)
    }

    /// Tells a client for whom there is no room so, without hearing it.
    mutating func turnAway(at now: Moment) -> [Action] {
        refuse(.tooManyConnections, now)
    }
}
