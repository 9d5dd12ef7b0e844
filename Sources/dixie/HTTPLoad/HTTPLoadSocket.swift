import Foundation

/// One connection to a server, which waits for it, but never past a moment.
final class HTTPLoadSocket {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - address: the server's.
    ///   - deadline: after which every wait throws.
    /// - Throws: `HTTPLoadError.cannotConnect`.
    init(to address: HTTPLoadAddress, until deadline: ContinuousClock.Instant) throws {
        self.deadline = deadline
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard code == 0, let found else {
            throw HTTPLoadError.cannotConnect(
                address, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw HTTPLoadError.cannotConnect(address, reason: systemReason(errno))
        }
        guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            // The object is whole by now, so that `deinit` closes the socket.
            throw HTTPLoadError.cannotConnect(address, reason: systemReason(errno))
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(for: POLLOUT)
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw HTTPLoadError.lost(reason: systemReason(errno))
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
            guard errno == EINTR else { throw HTTPLoadError.lost(reason: systemReason(errno)) }
        }
    }

    private func wait(for events: Int32) throws {
        while true {
            let left = deadline - .now
            guard left > .zero else { throw HTTPLoadError.outOfTime }
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let milliseconds = Int32(clamping: Int(left / .milliseconds(1)) + 1)
            if poll(&request, 1, milliseconds) > 0 { return }
        }
    }
}
