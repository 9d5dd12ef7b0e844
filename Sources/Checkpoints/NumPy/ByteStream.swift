/// Bytes of a known number, read once from front to back.
protocol ByteStream: AnyObject {
    /// The file they are in, for errors.
    var path: String { get }
    /// What they are, for errors: "the member w.npy".
    var part: String { get }
    /// How many are left to read.
    var remaining: Int { get }

    /// Fills `destination` with the next bytes; asking for more than `remaining` is an error.
    func read(into destination: UnsafeMutableRawBufferPointer) throws

    /// Throws unless everything has been read and any checksum is right.
    func finish() throws
}

extension ByteStream {
    func malformed(_ fault: String) -> CheckpointError {
        .malformed(path: path, part: part, fault: fault)
    }

    /// The next `count` bytes.
    func bytes(_ count: Int) throws -> [UInt8] {
        guard count <= remaining else {
            throw malformed("it ends \(count - remaining) bytes too early")
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            initialized = count
        }
    }
}

/// A whole file as a stream.
final class FileStream: ByteStream {
    let file: PositionedFile
    let part = "the file"
    private(set) var remaining: Int

    var path: String { file.path }

    init(path: String) throws {
        file = try PositionedFile(path: path)
        remaining = file.size
    }

    func read(into destination: UnsafeMutableRawBufferPointer) throws {
        try file.read(at: file.size - remaining, into: destination, part: part)
        remaining -= destination.count
    }

    func finish() throws {
        guard remaining == 0 else { throw malformed("\(remaining) bytes follow its array") }
    }
}
