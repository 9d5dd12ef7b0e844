import Checkpoints

/// A file of 16-bit token ids, read piece by piece as windows ask for them: nanoGPT's shards.
struct TokenShard: TokenStorage {
    private let file: PositionedFile
    /// Where the first id is.
    private let offset: Int
    let count: Int
    /// They stay in the file.
    let byteCount = 0
    private let vocabularySize: Int

    private static let width = MemoryLayout<UInt16>.size
    /// Read at once while every id is looked at.
    private static let pieceCount = 1 << 19

    /// A file that is nothing but ids, little-endian.
    ///
    /// - Throws: `DatasetError`: unreadable, an odd number of bytes, an id that is none.
    init(raw path: String, vocabularySize: Int) throws(DatasetError) {
        let file = try DatasetError.naming(path) { try PositionedFile(path: path) }
        guard file.size % Self.width == 0 else {
            throw .oddLength(path: path, bytes: file.size)
        }
        try self.init(
            file, offset: 0, count: file.size / Self.width, vocabularySize: vocabularySize)
    }

    /// The elements of a `.npy` file that holds `uint16`.
    ///
    /// - Throws: `DatasetError` as above.
    init(_ array: NPYFile, vocabularySize: Int) throws(DatasetError) {
        try self.init(
            array.file, offset: array.offset, count: array.elementCount,
            vocabularySize: vocabularySize)
    }

    private init(
        _ file: PositionedFile, offset: Int, count: Int, vocabularySize: Int
    ) throws(DatasetError) {
        self.file = file
        self.offset = offset
        self.count = count
        self.vocabularySize = vocabularySize
        // A wrong vocabulary is better known now than after a day of training.
        guard vocabularySize <= Int(UInt16.max) else { return }
        var start = 0
        while start < count {
            let end = start + min(Self.pieceCount, count - start)
            _ = try ids(at: start..<end)
            start = end
        }
    }

    func append(_ range: Range<Int>, to result: inout [Int32]) throws(DatasetError) {
        for id in try ids(at: range) { result.append(Int32(id)) }
    }

    /// The ids at `range`, each looked at: the file may have been written to since it was opened.
    private func ids(at range: Range<Int>) throws(DatasetError) -> [UInt16] {
        let ids = try DatasetError.naming(file.path) {
            try [UInt16](unsafeUninitializedCapacity: range.count) { buffer, initialized in
                let room = UnsafeMutableRawBufferPointer(
                    start: buffer.baseAddress, count: range.count * Self.width)
                try file.read(
                    at: offset + range.lowerBound * Self.width, into: room, part: "its tokens")
                for index in 0..<range.count { buffer[index] = UInt16(littleEndian: buffer[index]) }
                initialized = range.count
            }
        }
        if Int(ids.max() ?? 0) >= vocabularySize {
            for (index, id) in ids.enumerated() where Int(id) >= vocabularySize {
                throw .tokenOutOfRange(
                    path: file.path, place: range.lowerBound + index, id: Int(id),
                    vocabularySize: vocabularySize)
            }
        }
        return ids
    }
}
