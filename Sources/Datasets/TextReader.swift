import Checkpoints
import Tokenizer

/// Reads the text files of a data set.
struct TextReader {
    let encoding: TextEncoding

    /// The text of a file, every CR LF and every CR made a line feed, as Python reads it, and
    /// without a byte order mark.
    ///
    /// - Throws: `DatasetError`: unreadable, too large, binary, or not in the encoding.
    func read(_ path: String) throws(DatasetError) -> String {
        let bytes = try DatasetError.naming(path) {
            let file = try PositionedFile(path: path)
            guard file.size <= TextFiles.byteLimit else {
                throw DatasetError.tooLarge(
                    path: path, bytes: file.size, limit: TextFiles.byteLimit)
            }
            return try file.bytes(at: 0, count: file.size, part: "its text")
        }
        let text = try decode(bytes, path: path)
        return text.utf8.contains(UInt8(ascii: "\r")) ? Self.withLineFeeds(text) : text
    }

    private func decode(_ bytes: [UInt8], path: String) throws(DatasetError) -> String {
        let likely = TextEncoding.marked(bytes)
        let text: String
        do {
            text = try encoding.text(of: bytes)
        } catch {
            // What no encoding makes a text of is said to be none; only where a mark says that it
            // is one are its zeros the halves of characters.
            if likely == nil, !encoding.isWide, let zero = bytes.firstIndex(of: 0) {
                throw .binary(path: path, offset: zero)
            }
            throw .undecodable(
                path: path, offset: error.offset, as: encoding,
                likely: encoding.isWide ? nil : likely)
        }
        guard text.utf8.contains(0) else { return text }
        guard encoding.isWide else {
            throw .binary(path: path, offset: bytes.firstIndex(of: 0) ?? 0)
        }
        let mark = bytes.count - 2 * text.utf16.count
        let before = text.utf16.prefix { $0 != 0 }.count
        throw .binary(path: path, offset: mark + 2 * before)
    }

    private static func withLineFeeds(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isAfterReturn = false
        for byte in text.utf8 {
            let isReturn = byte == UInt8(ascii: "\r")
            if isReturn {
                bytes.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || !isAfterReturn {
                bytes.append(byte)
            }
            isAfterReturn = isReturn
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TextEncoding {
    /// Whether a character takes two bytes or four.
    fileprivate var isWide: Bool {
        switch self {
        case .utf16, .utf16LittleEndian, .utf16BigEndian: true
        case .utf8, .latin1, .windows1252, .ascii: false
        }
    }
}
