import Foundation

/// Reads what a person gives a program to work on: files, pipes and standard input, whole.
public enum TextInput {
    /// The bytes of a file or a pipe; a pipe is waited for until its writer is done.
    ///
    /// - Parameters:
    ///   - path: the file, `/dev/stdin`, or what `<(…)` in a shell makes.
    ///   - limit: how many bytes it may have.
    /// - Returns: all of them.
    /// - Throws: `TerminalError.cannotRead` or `.tooLarge`.
    public static func read(_ path: String, limit: Int) throws(TerminalError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, code: errno) }
        defer { close(descriptor) }
        return try bytes(of: descriptor, named: path, limit: limit)
    }

    /// The bytes of standard input, to its end.
    ///
    /// - Parameter limit: how many bytes it may have.
    /// - Returns: all of them.
    /// - Throws: `TerminalError.cannotReadInput` or `.tooLarge`.
    public static func standardInput(limit: Int) throws(TerminalError) -> [UInt8] {
        try bytes(of: STDIN_FILENO, named: nil, limit: limit)
    }

    // A size that a file states is not relied upon: pipes and files of /proc state none.
    private static func bytes(
        of descriptor: Int32, named path: String?, limit: Int
    ) throws(TerminalError) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = part.withUnsafeMutableBytes { buffer in
                Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                throw path.map { .cannotRead(path: $0, code: code) } ?? .cannotReadInput(code: code)
            }
            if count == 0 { return bytes }
            guard count <= limit - bytes.count else {
                throw .tooLarge(path: path ?? "standard input", limit: limit)
            }
            bytes += part[..<count]
        }
    }
}
