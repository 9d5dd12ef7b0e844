import COpenSSL
import Foundation

/// What can go wrong in this room: the library refused, or a file could not be read.
public enum CryptoError: Error, Equatable {
    /// OpenSSL refused `operation`, for the reason it gives.
    case library(operation: String, reason: String)
    /// Reading `path` failed with this `errno`.
    case unreadable(path: String, code: Int32)
}

extension CryptoError: LocalizedError, CustomStringConvertible {
    public var description: String {
        switch self {
        case .library(let operation, let reason):
            "OpenSSL could not \(operation): \(reason)."
        case .unreadable(let path, let code):
            "\(path) cannot be read: \(String(cString: strerror(code)))."
        }
    }

    public var errorDescription: String? { description }

    /// The error of the OpenSSL call that just failed on this thread; its queue is left empty, so
    /// that a later failure is not given this one's reason.
    static func lastOfLibrary(doing operation: String) -> CryptoError {
        let code = ERR_get_error()
        ERR_clear_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) }
        return .library(operation: operation, reason: reason ?? "no reason given")
    }
}
