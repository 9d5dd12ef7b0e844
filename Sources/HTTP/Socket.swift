import CSystem
import Foundation

/// A connected, non-blocking socket.
struct Socket {
    let descriptor: Int32

    enum ReadResult {
        case bytes(Int)
        case wouldBlock
        /// The other end has closed its side.
        case end
        /// For the reason given.
        case failed(String)
    }

    enum WriteResult {
        case bytes(Int)
        case wouldBlock
        /// For the reason given.
        case failed(String)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(String(cString: strerror(code)))
            }
        }
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> WriteResult {
        while true {
            let count = send(
                descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(String(cString: strerror(code)))
            }
        }
    }

    /// Says that nothing more will be written. A peer that is gone already need not hear it.
    func shutdownOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Sends every piece at once, and finds out about peers that vanish without a word, or take
    /// nothing: after `stallTime` with bytes unacknowledged, or two minutes idle. Only a better
    /// connection depends on these.
    func tune(stallTime: Duration) {
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        // The system would take megabytes for a client that reads nothing, and nobody would know.
        set(Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 16 << 10)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
        set(
            Int32(IPPROTO_TCP), TCP_USER_TIMEOUT,
            Int32(clamping: Int((stallTime / .milliseconds(1)).rounded())))
    }

    @discardableResult
    func set(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
            == 0
    }
}
