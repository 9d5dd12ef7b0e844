/// Reads the one column of a CSV text that is to be learned.
///
/// Cells are separated by commas. A cell in double quotes may hold commas, line feeds, and quotes
/// written twice. Empty lines are left out; every other row must have as many cells as the header.
struct CSVReader {
    private let bytes: [UInt8]
    private let path: String
    private var place = 0
    /// Counted from 1.
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")

    /// The rows below the header as gpt-2-simple writes them for training: each cell of `column`
    /// between `<|startoftext|>` and `<|endoftext|>`, both spelled out, on a line of its own.
    ///
    /// - Parameters:
    ///   - text: with line feeds only.
    ///   - column: the first, where it is nil.
    ///   - path: the file, for errors.
    /// - Returns: the text; empty where there is no row.
    /// - Throws: `DatasetError`: no such column, a row of another length, an open quote.
    static func trainingText(
        of text: String, column: CSVColumn?, path: String
    ) throws(DatasetError) -> String {
        var reader = CSVReader(bytes: Array(text.utf8), path: path)
        guard let (_, header) = try reader.row() else { throw .empty(path: path) }
        let index = try reader.index(of: column ?? .number(0), in: header)
        var result: [UInt8] = []
        while let (line, cells) = try reader.row() {
            guard cells.count == header.count else {
                throw .raggedRow(
                    path: path, line: line, cells: cells.count, expected: header.count)
            }
            result += "<|startoftext|>".utf8
            result += cells[index]
            result += "<|endoftext|>\n".utf8
        }
        // Cells are cut out of valid UTF-8 at ASCII characters.
        return String(decoding: result, as: UTF8.self)
    }

    private init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    private func index(of column: CSVColumn, in header: [[UInt8]]) throws(DatasetError) -> Int {
        let found =
            switch column {
            case .number(let number): header.indices.contains(number) ? number : nil
            case .name(let name): header.firstIndex(of: Array(name.utf8))
            }
        guard let found else {
            throw .noSuchColumn(path: path, column: column, count: header.count)
        }
        return found
    }

    /// The next row that is not an empty line, and the line it begins in.
    private mutating func row() throws(DatasetError) -> (line: Int, cells: [[UInt8]])? {
        while place < bytes.count, bytes[place] == Self.lineFeed {
            place += 1
            line += 1
        }
        guard place < bytes.count else { return nil }
        let first = line
        var cells = [try cell()]
        while place < bytes.count, bytes[place] == Self.comma {
            place += 1
            cells.append(try cell())
        }
        if place < bytes.count {
            place += 1
            line += 1
        }
        return (first, cells)
    }

    /// The next cell; leaves `place` at the comma or line feed after it, or at the end.
    private mutating func cell() throws(DatasetError) -> [UInt8] {
        guard place < bytes.count, bytes[place] == Self.quote else {
            let rest = bytes[place...]
            let end = rest.firstIndex { $0 == Self.comma || $0 == Self.lineFeed } ?? bytes.count
            defer { place = end }
            return Array(bytes[place..<end])
        }
        let first = line
        var cell: [UInt8] = []
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                cell.append(byte)
                continue
            }
            if place < bytes.count, bytes[place] == Self.quote {
                cell.append(Self.quote)
                place += 1
                continue
            }
            guard place == bytes.count || [Self.comma, Self.lineFeed].contains(bytes[place]) else {
                throw .textAfterQuote(path: path, line: line)
            }
            return cell
        }
        throw .openQuote(path: path, line: first)
    }
}
