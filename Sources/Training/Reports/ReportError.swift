import Foundation

/// Why what a run reports cannot be written or read back.
public enum ReportError: Error, Sendable, Equatable {
    /// `operation` is a verb: "open", "write", "sync".
    case cannotWrite(path: String, operation: String, errno: Int32)
    case diskFull(path: String)
    case cannotRead(path: String, errno: Int32)
    /// The first line of the table is not `header`.
    case wrongHeader(path: String, header: String)
    /// `fault` is what is wrong with the row, as the end of the sentence "line 7: …".
    case brokenRow(path: String, line: Int, fault: String)
}

extension ReportError: CustomStringConvertible {
    /// One plain sentence or two: what, where, and what to do about it.
    public var description: String {
        switch self {
        case .cannotWrite(let path, let operation, let errno):
            "\(path) could not be written (\(operation)): \(reason(errno)). "
                + "Check the disk and who may write to the folder."
        case .diskFull(let path):
            "\(path) could not be written: the disk is full. Free some space and resume the run."
        case .cannotRead(let path, let errno):
            "\(path) cannot be read: \(reason(errno)). Check who may read it, or move it away."
        case .wrongHeader(let path, let header):
            "\(path), line 1: a table of losses begins with \"\(header)\". "
                + "Put that line back, or move the file away to begin a new one."
        case .brokenRow(let path, let line, let fault):
            "\(path), line \(line): \(fault). "
                + "Correct or delete the line, or move the file away to begin a new one."
        }
    }

    private func reason(_ errno: Int32) -> String { String(cString: strerror(errno)) }

    static func writing(_ path: String, _ operation: String, _ errno: Int32) -> ReportError {
        errno == ENOSPC || errno == EDQUOT
            ? .diskFull(path: path)
            : .cannotWrite(path: path, operation: operation, errno: errno)
    }
}
