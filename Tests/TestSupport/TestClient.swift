import Foundation

/// A blocking socket, plain or with TLS, so that nothing stands between a test and the bytes.
public final class TestClient: @unchecked Sendable {
    // Sendable because a test does one thing after the other with it.

    private let descriptor: Int32
    /// Nil where it is plain.
    public let tls: TLSClient?
    private var received: [UInt8] = []

    public enum Failure: Error { case cannotConnect(errno: Int32), timedOut }

    /// - Parameters:
    ///   - port: of this machine.
    ///   - wishes: what is asked for by TLS; nil for none.
    /// - Throws: `Failure`; `TLSClient.Refused`.
    public init(port: Int, tls wishes: TLSClient.Wishes? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Not a measure of anything: what keeps a broken server from hanging the tests.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw Failure.cannotConnect(errno: code)
        }
        do {
            tls = try wishes.map { try TLSClient(descriptor, $0) }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Sends what the server takes; it may have closed already.
    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count =
                tls?.write(rest)
                ?? rest.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    public func send(_ wire: String) { send(wire.wire) }

    public func endSending() {
        tls?.endSending()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Goes away the rude way: with a reset.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// - Returns: Whether there was something; not, when the server has closed.
    private func receiveSome() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = tls?.read(into: &buffer) ?? recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, tls != nil || errno == EAGAIN { throw Failure.timedOut }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }

    /// Everything up to the server's end of the connection.
    public func receiveAll() async throws -> [UInt8] {
        try await onThread {
            while try self.receiveSome() {}
            return self.received
        }
    }

    /// Reads until `text` has come, and forgets what came up to there.
    ///
    /// - Returns: What came, or all there was if the server closed before.
    @discardableResult
    public func receive(through text: String) async throws -> String {
        let mark = Array(text.utf8)
        return try await onThread {
            while true {
                if let range = self.received.firstRange(of: mark) {
                    defer { self.received.removeSubrange(..<range.upperBound) }
                    return String(decoding: self.received[..<range.upperBound], as: UTF8.self)
                }
                guard try self.receiveSome() else {
                    return String(decoding: self.received, as: UTF8.self)
                }
            }
        }
    }

    /// Waits on a thread of its own: tests share as few threads as there are cores.
    private func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: .init(catching: work)) }.start()
        }
    }
}

extension String {
    /// The bytes of a request that is written with "¶" for CR LF.
    public var wire: [UInt8] { Array(replacing("¶", with: "\r\n").utf8) }
}
