import CSystem
import Foundation

/// A socket that is bound and listens.
struct ListeningSocket {
    let descriptor: Int32
    /// The port it is bound to.
    let port: Int

    enum AcceptResult {
        case connection(Socket, address: String)
        case wouldBlock
        /// The connection was gone before it was accepted; the next one may be there.
        case lost
        /// Files or memory have run out; it will pass.
        case exhausted(errno: Int32)
        case failed(errno: Int32)
    }

    /// Listens on the first of the host's addresses that can be had, IPv4 ones first. So many as
    /// `backlog` wait in the system to be accepted.
    init(host: String, port: Int, backlog: Int) throws(HTTPServerError) {
        guard (0...65_535).contains(port) else { throw .portOutOfRange(port) }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else {
            throw .hostNotFound(host)
        }
        defer { freeaddrinfo(list) }
        let addresses = Array(sequence(first: list.pointee) { $0.ai_next?.pointee })
        let ordered =
            addresses.filter { $0.ai_family == AF_INET }
            + addresses.filter { $0.ai_family == AF_INET6 }
        var failure = HTTPServerError.hostNotFound(host)
        for address in ordered {
            do {
                self = try ListeningSocket(address, host: host, port: port, backlog: backlog)
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private init(
        _ address: addrinfo, host: String, port: Int, backlog: Int
    ) throws(HTTPServerError) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, kind, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
        let options = Socket(descriptor: descriptor)
        // A restart must not wait for the last run's connections to be forgotten.
        options.set(SOL_SOCKET, SO_REUSEADDR, 1)
        // "::" takes IPv4 as well, whatever the system's default.
        if address.ai_family == AF_INET6 { options.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        var call = "bind"
        var status = bind(descriptor, address.ai_addr, address.ai_addrlen)
        if status == 0 {
            call = "listen"
            status = listen(descriptor, Int32(clamping: backlog))
        }
        guard status == 0, let bound = Self.boundPort(descriptor) else {
            let code = errno
            close(descriptor)
            switch code {
            case EADDRINUSE: throw .portInUse(port)
            case EACCES: throw .portNotPermitted(port)
            case EADDRNOTAVAIL: throw .addressNotAvailable(host)
            default: throw .system(call: call, errno: code)
            }
        }
        self.descriptor = descriptor
        self.port = bound
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes -> Int? in
            guard let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                getsockname(descriptor, name, &length) == 0
            else { return nil }
            // The port is the second field of an IPv4 and of an IPv6 address alike.
            return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    func accept() -> AcceptResult {
        var text = [CChar](repeating: 0, count: 46)
        let descriptor = dixie_accept(self.descriptor, &text, text.count)
        guard descriptor < 0 else {
            let address = String(
                decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return .connection(Socket(descriptor: descriptor), address: address)
        }
        switch errno {
        case EAGAIN: return .wouldBlock
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno: errno)
        case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT: return .failed(errno: errno)
        // accept(2): everything else is an error of the one connection, to be treated as EAGAIN.
        default: return .lost
        }
    }
}
