import Foundation

/// Takes the places of standard streams that were closed when the program started, so that no file it
/// opens later gets one, and is then written to as if it were the stream. To use such a stream stays
/// the error that it is.
func reserveStandardStreams() {
    let streams = [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    for (stream, wrongWay) in streams where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
        // The lowest free number is taken, which is this one.
        _ = open("/dev/null", wrongWay)
    }
}

/// Writes text to standard output at once, so that it can be watched growing.
///
/// - Throws: `TerminalError.cannotWriteOutput`.
public func writeOut(_ text: String) throws(TerminalError) {
    try writeOut(Array(text.utf8))
}

/// Writes bytes to standard output at once.
///
/// - Throws: `TerminalError.cannotWriteOutput`.
public func writeOut(_ bytes: [UInt8]) throws(TerminalError) {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            write(STDOUT_FILENO, buffer.baseAddress?.advanced(by: done), bytes.count - done)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .cannotWriteOutput(code: count < 0 ? errno : EIO) }
        done += count
    }
}

/// Writes text to standard error. Where nobody takes it, it is lost: the work goes on.
public func writeError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
