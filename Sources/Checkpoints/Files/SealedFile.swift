/// A file of one long run of bytes that is believed only whole: under a label that says what they
/// are, with a note, and a checksum of each MiB.
///
/// Whoever reads says what label and how many bytes are expected; nothing of the file is interpreted
/// but the note and the checksums, and the file's size and the header are held to what they must be
/// before a byte of the run is read.
///
///     label, zeros, note, a CRC-32C of each MiB of the run, the header's own CRC-32C | the run
///
/// The header is filled up, by the zeros, to a multiple of 4096; numbers are little-endian.
public struct SealedFile: Sendable {
    /// What is in the file besides the run.
    public struct Contents: Sendable, Equatable {
        /// What the bytes are and what they were made of.
        public let label: [UInt8]
        /// Of the run.
        public let byteCount: Int
        public let noteByteCount: Int

        public init(label: [UInt8], byteCount: Int, noteByteCount: Int) {
            self.label = label
            self.byteCount = byteCount
            self.noteByteCount = noteByteCount
        }

        fileprivate var pieceCount: Int {
            byteCount / piece + (byteCount % piece == 0 ? 0 : 1)
        }

        /// What follows the label's zeros.
        fileprivate var tailByteCount: Int { noteByteCount + 4 * pieceCount + 4 }

        fileprivate var headerByteCount: Int {
            (label.count + tailByteCount + 4095) / 4096 * 4096
        }
    }

    /// What was written with the run.
    public let note: [UInt8]
    private let contents: Contents
    private let file: PositionedFile
    private let checksums: [UInt32]

    /// Opens a file and checks its header; nil where there is no such file, one of other contents, or a
    /// link: where a model from elsewhere has one, it is neither followed to be read nor to be written.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - contents: what has to be in it.
    /// - Throws: `CheckpointError`: damaged, or it cannot be read.
    public init?(path: String, contents: Contents) throws {
        guard !Path.isLink(path) else { return nil }
        do {
            file = try PositionedFile(path: path)
        } catch CheckpointError.noSuchFile {
            return nil
        }
        let headerByteCount = contents.headerByteCount
        guard file.size == headerByteCount + contents.byteCount else { return nil }
        let header = try file.bytes(at: 0, count: headerByteCount, part: "the header")
        let tailStart = headerByteCount - contents.tailByteCount
        guard header.starts(with: contents.label),
            header[contents.label.count..<tailStart].allSatisfy({ $0 == 0 })
        else { return nil }
        guard CRC32C.checksum(header.dropLast(4)) == Self.number(header.suffix(4)) else {
            throw CheckpointError.wrongChecksum(path: path, part: "the header")
        }
        let sumStart = tailStart + contents.noteByteCount
        note = Array(header[tailStart..<sumStart])
        checksums = (0..<contents.pieceCount).map { index in
            Self.number(header[(sumStart + 4 * index)...].prefix(4))
        }
        self.contents = contents
    }

    /// Reads the run and checks it in the same pass, on several threads.
    ///
    /// - Parameter destination: `byteCount` of them, filled whole.
    /// - Throws: `CheckpointError`: damaged, or changed meanwhile; the buffer then holds anything.
    public func read(into destination: UnsafeMutableRawBufferPointer) throws {
        precondition(destination.count == contents.byteCount)
        let start = contents.headerByteCount
        let target = Destination(buffer: destination)
        try ParallelRead.forEachChunk(of: destination.count, width: 1) { range in
            // A piece is checked while the cache still has it.
            for first in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
                let room = UnsafeMutableRawBufferPointer(
                    rebasing: target.buffer[first..<min(first + piece, range.upperBound)])
                try file.read(at: start + first, into: room, part: "the bytes from \(first)")
                guard CRC32C.checksum(UnsafeRawBufferPointer(room)) == checksums[first / piece]
                else {
                    throw CheckpointError.wrongChecksum(
                        path: file.path, part: "the bytes from \(first)")
                }
            }
        }
    }

    /// Writes a file, whole or not at all; see `AtomicFile`. A link there is replaced, not followed.
    ///
    /// - Parameters:
    ///   - path: the file, replaced if there is one.
    ///   - contents: what will be in it.
    ///   - note: `noteByteCount` bytes.
    ///   - run: `byteCount` bytes.
    /// - Throws: `CheckpointError`: a full disk, a folder that cannot be written.
    public static func write(
        to path: String, contents: Contents, note: [UInt8], run: UnsafeRawBufferPointer
    ) throws {
        precondition(note.count == contents.noteByteCount && run.count == contents.byteCount)
        var header = contents.label
        let zeros = contents.headerByteCount - contents.label.count - contents.tailByteCount
        header += [UInt8](repeating: 0, count: zeros) + note
        for piece in pieces(of: run) { header += bytes(CRC32C.checksum(piece)) }
        header += bytes(CRC32C.checksum(header))
        try AtomicFile.write(
            to: path, byteCount: header.count + run.count, followsLinks: false
        ) { file in
            try file.append(header)
            for piece in pieces(of: run) { try file.append(piece) }
        }
    }

    private static func pieces(of run: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        stride(from: 0, to: run.count, by: piece).map { start in
            UnsafeRawBufferPointer(rebasing: run[start..<min(start + piece, run.count)])
        }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

/// What a checksum is of.
private let piece = 1 << 20
