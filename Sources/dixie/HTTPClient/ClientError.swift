import Foundation

/// Why a server's answer did not come, or not whole.
enum ClientError: Error, Equatable {
    case cannotConnect(ServerAddress, reason: String)
    case lost(reason: String)
    /// The time that was given is over.
    case outOfTime
    case closedEarly
    case refused(status: Int, body: String)
    /// What came is no HTTP/1.1, or not what was asked for.
    case malformed(String)
}

extension ClientError: CustomStringConvertible {
    var description: String {
        switch self {
        case .cannotConnect(let address, let reason):
            "cannot connect to \(address.host):\(address.port): \(reason); start the server, or "
                + "give its address with --url"
        case .lost(let reason): "the connection broke: \(reason)"
        case .outOfTime: "the time was over before the reply was; give more with --seconds"
        case .closedEarly: "the server closed the connection before the reply's end"
        case .refused(let status, let body):
            "the server answered \(status)" + (body.isEmpty ? "" : ": \(body.prefix(300))")
        case .malformed(let what): "the server's answer has \(what)"
        }
    }
}

/// The system's words for an error number.
func systemReason(_ number: Int32) -> String { String(cString: strerror(number)) }
