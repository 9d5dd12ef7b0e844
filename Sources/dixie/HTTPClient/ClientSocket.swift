import Foundation

/// One connection to a server, which waits for it, but never past a moment.
final class ClientSocket: Sendable {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - address: the server's.
    ///   - deadline: after which every wait throws.
    /// - Throws: `ClientError.cannotConnect`.
    init(to address: ServerAddress, until deadline: ContinuousClock.Instant) throws {
        self.deadline = deadline
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard code == 0, let found else {
            throw ClientError.cannotConnect(
                address, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw ClientError.cannotConnect(address, reason: systemReason(errno))
        }
        // The object is whole by now: whatever throws from here on, `deinit` closes the socket.
        try limitConnecting()
        guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            guard errno != EINPROGRESS else { throw ClientError.outOfTime }
            throw ClientError.cannotConnect(address, reason: systemReason(errno))
        }
    }

    deinit { close(descriptor) }

    /// Ends the connection, from any thread: whoever waits for the server sees it closed.
    func stop() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(for: POLLOUT)
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                // EAGAIN: the time is over, as `wait` says.
                if errno == EINTR || errno == EAGAIN { continue }
                throw ClientError.lost(reason: systemReason(errno))
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What has come, at least a byte of it; nothing once the server has closed the connection.
    func receive(into buffer: inout [UInt8]) throws -> ArraySlice<UInt8> {
        while true {
            try wait(for: POLLIN)
            let count = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count >= 0 { return buffer[..<count] }
            guard errno == EINTR else { throw ClientError.lost(reason: systemReason(errno)) }
        }
    }

    /// Connecting ends at the deadline: Linux bounds it by the time to send, and a full queue of a
    /// server's would keep it for minutes.
    private func limitConnecting() throws {
        let milliseconds = try millisecondsLeft()
        var limit = timeval(
            tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0 else {
            throw ClientError.lost(reason: systemReason(errno))
        }
    }

    private func wait(for events: Int32) throws {
        while true {
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&request, 1, Int32(clamping: try millisecondsLeft())) > 0 { return }
        }
    }

    /// At least one.
    private func millisecondsLeft() throws -> Int {
        let left = deadline - .now
        guard left > .zero else { throw ClientError.outOfTime }
        return Int(left / .milliseconds(1)) + 1
    }
}
