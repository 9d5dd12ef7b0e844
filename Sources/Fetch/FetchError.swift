import Foundation

/// Why a file could not be fetched. What had arrived is kept beside the target, except where the
/// bytes are known to be wrong, so that asking again goes on from there.
public enum FetchError: Error, Equatable, Sendable {
    /// Not an `http` or `https` address with a host.
    case badAddress(String)
    /// The source has no such file (404, 410).
    case notFound(URL)
    /// The source will not give it to us (401, 403).
    case forbidden(URL, status: Int)
    /// Any other answer that is not the file.
    case unexpectedStatus(URL, status: Int)
    /// The source sends us on to an address that is not `https`.
    case unsafeRedirect(from: URL, to: String)
    case tooManyRedirects(URL)
    /// The answer carries no file but a page for people, as a bucket that is gone does.
    case pageInsteadOfFile(URL, kind: String)
    /// The answer is packed in a way that was not asked for.
    case encoded(URL, encoding: String)
    /// No whole answer, in as many attempts.
    case network(URL, NetworkFailure, attempts: Int)
    case wrongSize(URL, expected: Int, actual: Int)
    case wrongDigest(URL, expected: String, actual: String)
    case diskFull(path: String, missingBytes: Int?)
    /// Another process is fetching the same file.
    case busy(path: String)
    /// The system refused to `operation` the file, with this `errno`.
    case file(path: String, operation: String, code: Int32)
    /// A model name that is none of the published ones.
    case unknownModel(String)
}

/// What kept an answer from coming whole.
public enum NetworkFailure: Error, Equatable, Sendable {
    case unknownHost, unreachable, timedOut, connectionLost, untrusted
    case truncated(received: Int, expected: Int?)
    case status(Int)
    case other(code: Int)
}

extension FetchError: LocalizedError, CustomStringConvertible {
    public var errorDescription: String? { description }

    public var description: String {
        switch self {
        case .badAddress(let address):
            "“\(address)” is not an address to fetch from: one starts with https:// and a host."
        case .notFound(let url):
            "\(url) does not exist (404): check the name and the source's address."
        case .forbidden(let url, let status):
            "\(url) may not be read (\(status)): it is private, or there is no such repository; "
                + "check the name."
        case .unexpectedStatus(let url, let status):
            "\(url) was answered with status \(status) in place of a file: "
                + "check the source's address."
        case .unsafeRedirect(let from, let to):
            "\(from) sends on to \(to), which is not https, so it is not followed: "
                + "use another source."
        case .tooManyRedirects(let url):
            "\(url) sends on again and again: use another source."
        case .pageInsteadOfFile(let url, let kind):
            "\(url) answers with a page of \(kind) in place of the file: "
                + "the source has moved or is gone; use another."
        case .encoded(let url, let encoding):
            "\(url) was sent packed as \(encoding), which was not asked for: use another source."
        case .network(let url, let failure, let attempts):
            "\(url) could not be fetched whole in \(attempts) "
                + (attempts == 1 ? "attempt: " : "attempts: ") + failure.description
        case .wrongSize(let url, let expected, let actual):
            "\(url) has \(actual) bytes, not the \(expected) it should have: "
                + "it is not the published file; use another source."
        case .wrongDigest(let url, let expected, let actual):
            "\(url) has SHA-256 \(actual), not \(expected): it was damaged on the way or is not "
                + "the published file, and was thrown away; fetch it again or use another source."
        case .diskFull(let path, let missing?):
            "There is no room for \(path): free \(missing) more bytes, then ask again; "
                + "what has arrived is kept."
        case .diskFull(let path, nil):
            "There is no room for \(path): free some, then ask again; what has arrived is kept."
        case .busy(let path):
            "\(path) is being fetched by another process: wait for it to end."
        case .file(let path, let operation, let code):
            "\(path): cannot \(operation): \(String(cString: strerror(code)))."
        case .unknownModel(let name):
            "There is no published model “\(name)”: choose 124M, 355M, 774M or 1558M, "
                + "or owner/name on Hugging Face."
        }
    }
}

extension NetworkFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownHost: "the host's name is not known; check the address and the connection."
        case .unreachable: "nothing answers there; check the address and the connection."
        case .timedOut: "it took too long to answer; try again later."
        case .connectionLost: "the connection was lost; ask again to go on from there."
        case .untrusted:
            "its certificate is not trusted; install ca-certificates, or check the clock."
        case .truncated(let received, let expected?):
            "only \(received) of \(expected) bytes came; ask again to go on from there."
        case .truncated(let received, nil):
            "it broke off after \(received) bytes; ask again to go on from there."
        case .status(let status):
            "the source is in trouble (status \(status)); try again later."
        case .other(let code):
            "the network failed (URL error \(code)); try again later."
        }
    }
}
