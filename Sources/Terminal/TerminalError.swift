import Foundation

/// Why a program cannot write what it has to say, or read what it was given.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    case cannotWriteOutput(code: Int32)
    case cannotReadInput(code: Int32)
    case cannotRead(path: String, code: Int32)
    case tooLarge(path: String, limit: Int)
    /// A file cannot be written at `path`, as is known before the work for it begins.
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotWriteOutput(let code):
            "standard output could not be written: \(Self.reason(code)); send it to a file or a "
                + "program that takes it"
        case .cannotReadInput(let code):
            "standard input cannot be read: \(Self.reason(code)); give it a file or a pipe"
        case .cannotRead(let path, let code):
            "\(path) cannot be read: \(Self.reason(code)); check the path and its permissions"
        case .tooLarge(let path, let limit):
            "\(path) has more than \(limit) bytes; check that it is the right file"
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written: \(reason); choose another path, or mend its folder"
        }
    }

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// What the system said that made Foundation throw `error`; nil for errors that are none of
/// Foundation's.
public func systemReason(_ error: any Error) -> String? {
    let failure = error as NSError
    if failure.domain == NSPOSIXErrorDomain {
        return TerminalError.reason(Int32(truncatingIfNeeded: failure.code))
    }
    guard failure.domain == NSCocoaErrorDomain else { return nil }
    if let cause = failure.userInfo[NSUnderlyingErrorKey] as? any Error,
        let reason = systemReason(cause)
    {
        return reason
    }
    return failure.localizedDescription
}
