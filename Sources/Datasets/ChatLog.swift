import Chat

/// A text in the pipe format, and which of its bytes one side says.
struct ChatLog {
    /// What `check` finds without being asked for a side.
    struct BrokenLines: Error, Equatable {
        let count: Int
        /// The first of them.
        let lines: [Int]
    }

    private static let mostLinesShown = 5
    /// A text is looked at for broken turns up to this many bytes.
    static let checkedByteCount = 16 << 20
    /// So many lines tell what a text is.
    private static let lookedAt = 64

    private let string: String
    private let text: [UInt8]

    /// - Parameter text: with line feeds only.
    init(_ text: String) {
        string = text
        self.text = Array(text.utf8)
    }

    /// Whether the first lines that are not empty, at least half of them, begin as turns do.
    var isLikely: Bool {
        var looked = 0
        var turns = 0
        for line in lines() where !Self.isBlank(text[line]) {
            if looked == Self.lookedAt { break }
            looked += 1
            if prefixEnd(of: line) != nil { turns += 1 }
        }
        return looked > 0 && turns * 2 >= looked
    }

    /// Throws unless every line is a turn, or empty.
    func check() throws(BrokenLines) {
        do {
            _ = try Transcript(strictly: string)
        } catch {
            guard case .lines(let faults) = error else { return }
            let lines = Set(faults.map(\.line)).sorted()
            throw BrokenLines(
                count: lines.count, lines: Array(lines.prefix(Self.mostLinesShown)))
        }
    }

    /// The bytes that the side says: of each of its turns the text, the marker and the line's end,
    /// but not `side|audience|`, which a prompt ends with.
    ///
    /// - Precondition: `check` has thrown nothing, so that every line is one whole turn.
    func said(by side: Int) -> [Range<Int>] {
        let digit = UInt8(ascii: "0") + UInt8(side)
        return lines().compactMap { line in
            guard let prefix = prefixEnd(of: line), text[prefix.side] == digit else { return nil }
            return prefix.end..<min(line.upperBound + 1, text.count)
        }
    }

    /// The lines, without their line feeds.
    private func lines() -> some Sequence<Range<Int>> {
        sequence(state: 0) { (start: inout Int) -> Range<Int>? in
            guard start < text.count else { return nil }
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            defer { start = end + 1 }
            return start..<end
        }
    }

    /// Where the digit of a line's prefix is and where its text begins; nil without a prefix. As
    /// `Transcript` has it: spaces and pipes may come first.
    private func prefixEnd(of line: Range<Int>) -> (side: Int, end: Int)? {
        let pipe = UInt8(ascii: "|")
        guard let side = text[line].firstIndex(where: { $0 != pipe && $0 != UInt8(ascii: " ") }),
            [UInt8(ascii: "0"), UInt8(ascii: "1")].contains(text[side]),
            side + 1 < line.upperBound, text[side + 1] == pipe,
            let end = text[side + 2..<line.upperBound].firstIndex(of: pipe)
        else { return nil }
        let audience = String(decoding: text[side + 2..<end], as: UTF8.self)
        return Turn.isAudience(audience) ? (side, end + 1) : nil
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
