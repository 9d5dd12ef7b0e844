import Crypto

/// What a connection's bytes travel on: a socket, plain or with TLS around it.
struct Transport {
    private let socket: Socket
    private let stream: TLSStream?
    private var writingWaits = false
    private var readingWaits = false

    init(_ socket: Socket, _ stream: TLSStream?) {
        self.socket = socket
        self.stream = stream
    }

    var descriptor: Int32 { socket.descriptor }

    var isEncrypted: Bool { stream != nil }

    /// Whether bytes can pass.
    var hasShakenHands: Bool { stream?.isOpen ?? true }

    /// Whether something waits for room in the socket, be it a handshake that reading has to write.
    var waitsToWrite: Bool { writingWaits || readingWaits }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Socket.ReadResult {
        guard let stream else { return socket.read(into: buffer) }
        let outcome = stream.read(into: buffer)
        readingWaits = outcome == .waitsToWrite
        return switch outcome {
        case .bytes(let count): .bytes(count)
        case .waitsToRead, .waitsToWrite: .wouldBlock
        case .end: .end
        case .failed(let reason): .failed(reason)
        }
    }

    mutating func write(_ buffer: UnsafeRawBufferPointer) -> Socket.WriteResult {
        guard let stream else {
            let result = socket.write(buffer)
            writingWaits = if case .wouldBlock = result { true } else { false }
            return result
        }
        let outcome = stream.write(buffer)
        // Before the handshake is over it is reading that goes on with it.
        writingWaits = outcome == .waitsToWrite
        return switch outcome {
        case .bytes(let count): .bytes(count)
        case .waitsToRead, .waitsToWrite: .wouldBlock
        case .end: .failed("the client has closed its side")
        case .failed(let reason): .failed(reason)
        }
    }

    /// Says that nothing more will be written.
    func shutdownOutput() {
        sayFarewell()
        socket.shutdownOutput()
    }

    /// Tells a client with TLS that the end is one, and not somebody else's cut.
    func sayFarewell() { stream?.close() }
}
