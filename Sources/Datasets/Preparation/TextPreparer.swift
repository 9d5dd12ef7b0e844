/// Repairs a text piece by piece, so that files of any size can be prepared.
///
/// A state machine without input or output of its own: bytes go in as they come, repaired lines
/// come out.
public struct TextPreparer {
    /// What the bytes of a text mean.
    public enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case latin1 = "latin-1"
        case windows1252 = "cp1252"
    }

    /// A line longer than this is repaired in parts; it is hardly text.
    static let longestPart = 1 << 20

    private let encoding: Encoding
    private let path: String
    /// The bytes of the line that has not ended yet.
    private var pending: [UInt8] = []
    /// Of the line that `pending` belongs to, from 1, and where in the file `pending` starts.
    private var line = 1
    private var offset = 0

    /// How many lines were not as they should be.
    public private(set) var repairedCount = 0

    /// - Parameters:
    ///   - encoding: of the bytes that come.
    ///   - path: how errors name the text.
    public init(encoding: Encoding, path: String) {
        self.encoding = encoding
        self.path = path
    }

    /// Takes the next bytes.
    ///
    /// - Parameter bytes: cut anywhere.
    /// - Returns: the lines that are complete now, repaired, in UTF-8.
    /// - Throws: `PreparationError.notUTF8`.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws -> [UInt8] {
        pending += bytes
        var result: [UInt8] = []
        var start = 0
        while let end = nextEnd(from: start) {
            result += try repaired(pending[start..<end], at: offset + start)
            if pending[end - 1] == UInt8(ascii: "\n") { line += 1 }
            start = end
        }
        pending.removeFirst(start)
        offset += start
        return result
    }

    /// The last line, when no more bytes come; empty where the text ended with a line's end.
    ///
    /// - Throws: `PreparationError.notUTF8`.
    public mutating func finish() throws -> [UInt8] {
        defer { pending.removeAll() }
        return try repaired(pending[...], at: offset)
    }

    /// Where the line, or the part of a line too long, that begins at `start` ends.
    private func nextEnd(from start: Int) -> Int? {
        let rest = pending[start...]
        let limit = rest.prefix(Self.longestPart)
        if let lineFeed = limit.firstIndex(of: UInt8(ascii: "\n")) { return lineFeed + 1 }
        guard rest.count > Self.longestPart else { return nil }
        // Before a byte that begins a character; one of UTF-8 has at most four.
        let last = limit.indices.suffix(4).last { rest[$0] & 0xC0 != 0x80 }
        return last ?? limit.endIndex
    }

    private mutating func repaired(_ bytes: ArraySlice<UInt8>, at start: Int) throws -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let text = try decoded(Array(bytes), at: start)
        let result = Array(TextRepair.repaired(text).utf8)
        if !result.elementsEqual(bytes) { repairedCount += 1 }
        return result
    }

    private func decoded(_ bytes: [UInt8], at start: Int) throws -> String {
        switch encoding {
        case .utf8:
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            let joined = UTF8Surrogates.joined(bytes)
            if let text = String(validating: joined, as: UTF8.self) { return text }
            let offset = UTF8Surrogates.offset(
                UTF8Validity.firstInvalid(in: joined), ofJoined: bytes)
            throw PreparationError.notUTF8(path: path, line: line, offset: start + offset)
        case .latin1, .windows1252:
            let page = encoding == .latin1 ? CodePage.latin1 : .windows1252
            var view = String.UnicodeScalarView()
            view.append(contentsOf: bytes.map(page.scalar))
            return String(view)
        }
    }
}

/// Why a text cannot be prepared. What it says is in no error.
public enum PreparationError: Error, Equatable, CustomStringConvertible {
    /// `offset` is that of the first byte that is not part of a character.
    case notUTF8(path: String, line: Int, offset: Int)

    public var description: String {
        switch self {
        case .notUTF8(let path, let line, let offset):
            "\(path), line \(line): byte \(offset) of the file is not part of valid UTF-8; if the "
                + "file is in Windows' code page, add --encoding cp1252"
        }
    }
}
