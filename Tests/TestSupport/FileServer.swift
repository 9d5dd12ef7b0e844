import Foundation
import Synchronization

/// A small HTTP server on a free port of this machine that serves files, and fails in the ways
/// real sources do. It answers `Range` with `If-Range`, one request a connection.
public final class FileServer: Sendable {
    public struct File: Sendable {
        public var bytes: [UInt8]
        public var headers: [String: String]
        /// Strong, and the same as long as the file is.
        public var tag: String?
        /// What goes wrong first, one a request.
        public var faults: [Fault]

        public init(
            bytes: [UInt8], headers: [String: String] = [:], tag: String? = "\"one\"",
            faults: [Fault] = []
        ) {
            self.bytes = bytes
            self.headers = headers
            self.tag = tag
            self.faults = faults
        }
    }

    public enum Fault: Sendable {
        case answer(Int, headers: [String: String] = [:], body: String = "")
        /// The whole head, then only so many bytes of the body.
        case breakOff(after: Int)
        /// The body is sent in chunks, its length untold.
        case chunked
        /// Nothing at all is ever sent.
        case silence
        /// A range is answered with another one than asked.
        case wrongRange
    }

    public struct Request: Sendable {
        public let path: String
        public let headers: [String: String]
    }

    private struct State {
        var files: [String: File]
        public var requests: [Request] = []
    }

    public let port: UInt16
    private let identity: TLSServer.Identity?
    private let listener: Int32
    private let state: Mutex<State>

    public struct CannotListen: Error { let code: Int32 }

    /// Serves from now on.
    ///
    /// - Parameters:
    ///   - files: by their paths.
    ///   - identity: to be shown to clients, who then have to speak TLS; nil for plain HTTP.
    /// - Throws: `CannotListen`.
    public init(_ files: [String: File] = [:], identity: TLSServer.Identity? = nil) throws {
        self.identity = identity
        state = Mutex(State(files: files))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard result else { throw CannotListen(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        let accept = Thread { [weak self] in
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread { [weak self] in
                    self?.serve(connection)
                    close(connection)
                }.start()
            }
        }
        accept.start()
    }

    deinit {
        // Wakes the thread that accepts; closing alone would not.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    public var address: String { "\(identity == nil ? "http" : "https")://127.0.0.1:\(port)" }

    public func url(_ path: String) throws -> URL {
        guard let url = URL(string: address + path) else { throw URLError(.badURL) }
        return url
    }

    public var requests: [Request] { state.withLock { $0.requests } }

    public func put(_ file: File, at path: String) { state.withLock { $0.files[path] = file } }

    private func serve(_ descriptor: Int32) {
        // Who does not get through the greeting has not asked for anything.
        guard let connection = try? Peer(descriptor, identity),
            let request = receiveRequest(connection)
        else { return }
        let (file, fault) = state.withLock { state -> (File?, Fault?) in
            state.requests.append(request)
            guard var file = state.files[request.path] else { return (nil, nil) }
            let fault = file.faults.isEmpty ? nil : file.faults.removeFirst()
            state.files[request.path] = file
            return (file, fault)
        }
        guard let file else {
            return send(
                connection, 404, ["Content-Type": "application/xml"], Array("<Error/>".utf8))
        }
        serve(file, fault, request, connection)
    }

    private func serve(
        _ file: File, _ fault: Fault?, _ request: Request, _ connection: Peer
    ) {
        var headers = file.headers
        headers["Accept-Ranges"] = "bytes"
        if let tag = file.tag { headers["ETag"] = tag }
        var status = 200
        var body = file.bytes[...]
        let range = request.headers["range"].flatMap { Int($0.dropFirst(6).dropLast()) }
        let isSame = request.headers["if-range"].map {
            $0 == file.tag || $0 == file.headers["Last-Modified"]
        }
        if var first = range, isSame ?? true {
            guard first < file.bytes.count else { return send(connection, 416, headers, []) }
            if case .wrongRange = fault { first -= 1 }
            status = 206
            body = body[first...]
            headers["Content-Range"] = "bytes \(first)-\(file.bytes.count - 1)/\(file.bytes.count)"
        }
        switch fault {
        case .silence:
            // Until the other side gives up.
            var piece: [UInt8] = [0]
            while connection.read(&piece) > 0 {}
        case .answer(let status, let headers, let body):
            send(connection, status, headers, Array(body.utf8))
        case .breakOff(let count):
            send(connection, status, headers, Array(body.prefix(count)), length: body.count)
        case .chunked:
            headers["Transfer-Encoding"] = "chunked"
            let size = String(body.count, radix: 16)
            send(
                connection, status, headers,
                Array("\(size)\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8), length: nil)
        case .wrongRange, nil:
            send(connection, status, headers, Array(body))
        }
    }

    private func receiveRequest(_ connection: Peer) -> Request? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = connection.read(&piece)
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        return Request(
            path: String(words[1]), headers: Dictionary(headers, uniquingKeysWith: { $1 }))
    }

    private func send(
        _ connection: Peer, _ status: Int, _ headers: [String: String], _ body: [UInt8]
    ) {
        send(connection, status, headers, body, length: body.count)
    }

    private func send(
        _ connection: Peer, _ status: Int, _ headers: [String: String], _ body: [UInt8],
        length: Int?
    ) {
        var head = "HTTP/1.1 \(status) Status\r\nConnection: close\r\n"
        var headers = headers
        if let length, headers["Content-Length"] == nil { headers["Content-Length"] = "\(length)" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        var rest = (Array((head + "\r\n").utf8) + body)[...]
        while !rest.isEmpty {
            let sent = connection.write(rest)
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }
}

/// The other side of one connection.
private struct Peer {
    private let descriptor: Int32
    private let secure: TLSServer?

    init(_ descriptor: Int32, _ identity: TLSServer.Identity?) throws {
        self.descriptor = descriptor
        secure = try identity.map { try TLSServer(descriptor, $0) }
    }

    /// - Returns: how many bytes came; 0 at the end.
    func read(_ piece: inout [UInt8]) -> Int {
        if let secure { return secure.read(&piece) }
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count < 0, errno == EINTR else { return max(0, count) }
        }
    }

    /// - Returns: how many bytes were taken; 0 where the other side has gone.
    func write(_ bytes: ArraySlice<UInt8>) -> Int {
        if let secure { return secure.write(bytes) }
        return bytes.withUnsafeBytes {
            max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)))
        }
    }
}
