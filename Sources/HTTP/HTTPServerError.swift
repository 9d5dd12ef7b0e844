import Foundation

/// Why the server cannot listen where it was told to, or cannot go on with a socket.
public enum HTTPServerError: Error, Equatable {
    case portInUse(Int)
    case portOutOfRange(Int)
    case portNotPermitted(Int)
    case hostNotFound(String)
    case addressNotAvailable(String)
    case stopped
    case system(call: String, errno: Int32)
}

extension HTTPServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .portInUse(let port):
            "port \(port) is in use; stop what uses it (`ss -ltnp | grep \(port)`) "
                + "or choose another with --port"
        case .portOutOfRange(let port):
            "there is no port \(port); choose one between 0 (any that is free) and 65535"
        case .portNotPermitted(let port):
            "this user may not listen on port \(port); choose one above 1023 with --port"
        case .hostNotFound(let host):
            "no address is known for the host \"\(host)\"; "
                + "give this machine's name or an address, such as 127.0.0.1"
        case .addressNotAvailable(let host):
            "\"\(host)\" is not an address of this machine; "
                + "`ip -brief address` lists those, 0.0.0.0 means all"
        case .stopped:
            "the server has been stopped; make a new one"
        case .system(let call, let code):
            "the system refuses a socket: \(call) failed (\(String(cString: strerror(code))))"
        }
    }
}
