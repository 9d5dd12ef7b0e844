import Checkpoints

/// The rows of a run's `loss.csv`, as far as they can be read.
///
/// Of a long table a part is read, in pieces that lie evenly over it, its first and last rows among
/// them. What is no row is counted and left out. A last line without an end is being written.
struct LossRows: Sendable, Equatable {
    /// In the order of their steps, each step once.
    private(set) var rows: [LossRow] = []
    private(set) var damagedLines = 0
    /// Whether the table is longer than what was read of it.
    private(set) var isSampled = false

    /// The bytes of a piece, and how many there are at most.
    private static let pieceBytes = 4096
    private static let pieces = 128

    init(_ file: AllowedFile) {
        let most = Self.pieceBytes * Self.pieces
        guard file.size > most else {
            add(file.bytes(at: 0, count: most), isFirst: true)
            sort()
            return
        }
        isSampled = true
        let last = file.size - Self.pieceBytes
        let step = last / (Self.pieces - 1)
        for piece in 0..<Self.pieces {
            let offset = piece == Self.pieces - 1 ? last : piece * step
            add(file.bytes(at: offset, count: Self.pieceBytes), isFirst: piece == 0)
        }
        sort()
    }

    /// Takes in a piece of a table.
    ///
    /// - Parameters:
    ///   - bytes: lines; of the last, only if its end is there.
    ///   - isFirst: whether the piece begins with the table's header; otherwise with a part of a line.
    private mutating func add(_ bytes: [UInt8], isFirst: Bool) {
        let end = UInt8(ascii: "\n")
        var lines = bytes.split(separator: end, omittingEmptySubsequences: false)
        lines.removeLast()
        for (index, line) in lines.enumerated() where !LossRow.isBlank(line) {
            if index == 0, !isFirst || Self.isHeader(line) { continue }
            if let row = LossRow(line) { rows.append(row) } else { damagedLines += 1 }
        }
    }

    private static func isHeader(_ line: ArraySlice<UInt8>) -> Bool {
        // A spreadsheet may have put a byte order mark before it.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = line.starts(with: mark) ? line.dropFirst(mark.count) : line
        return text.starts(with: "step,loss,avg,".utf8)
    }

    /// Of two rows of one step the later in the file counts.
    private mutating func sort() {
        let bySteps = Dictionary(rows.map { ($0.step, $0) }) { $1 }
        rows = bySteps.values.sorted { $0.step < $1.step }
    }
}
