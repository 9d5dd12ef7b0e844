/// Conversations in the pipe format: `side|audience|text <EOM>`, one turn a line.
public struct Transcript: Sendable, Equatable {
    public var turns: [Turn]

    public init(_ turns: [Turn] = []) { self.turns = turns }

    /// The turns as they stand in training data; every turn is one line.
    public var text: String { turns.map(\.line).joined() }

    /// Reads what logs hold: texts over several lines, no space before the marker, several turns
    /// on a line, a last turn without its marker, and lines that belong to no turn, which are
    /// left out.
    public init(reading text: String) {
        var reader = TranscriptReader()
        for line in Transcript.lines(of: text) { reader.take(line) }
        self.init(reader.finish().turns)
    }

    /// Reads training data, where every line has to be one turn; empty lines are left out.
    ///
    /// - Throws: `TranscriptError.lines` with every line that is not one.
    public init(strictly text: String) throws(TranscriptError) {
        var reader = TranscriptReader()
        for line in Transcript.lines(of: text) { reader.take(line) }
        let (turns, faults) = reader.finish()
        guard faults.isEmpty else { throw .lines(faults) }
        self.init(turns)
    }

    /// The lines of a text, ended by LF or CR LF.
    private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.last == "\r" ? $0.dropLast() : $0 }
    }
}

/// Turns and faults out of lines.
///
/// While a turn is open, a line belongs to its text, unless it begins with a prefix whose audience
/// has been seen: then the marker was forgotten. (`1|2|3` in a text begins no turn.)
private struct TranscriptReader {
    typealias Line = Substring.UnicodeScalarView

    private struct Open {
        let side: Int
        let audience: String
        var text: String
        let line: Int
        var isOneLine = true
    }

    private var turns: [Turn] = []
    private var faults: [TranscriptError.Fault] = []
    private var audiences: Set<String> = []
    private var open: Open?
    private var number = 0

    mutating func take(_ line: Line) {
        number += 1
        if open != nil {
            if let (_, audience, _) = Self.prefix(of: line), audiences.contains(audience) {
                report(.noMarker, at: open?.line)
                close()
            } else {
                continueText(with: line)
                return
            }
        }
        if let text = begin(line, isWholeLine: true) { takeText(text) }
    }

    mutating func finish() -> (turns: [Turn], faults: [TranscriptError.Fault]) {
        if let open {
            report(.noMarker, at: open.line)
            close()
        }
        return (turns, faults.sorted { $0.line < $1.line })
    }

    /// Opens the turn that `line` begins, and returns what of its text is on the line.
    private mutating func begin(_ line: Line, isWholeLine: Bool) -> Line? {
        if Self.isBlank(line) { return nil }
        if !isWholeLine { report(.textAfterMarker, at: number) }
        guard let (side, audience, rest) = Self.prefix(of: line) else {
            if isWholeLine { report(.noPrefix, at: number) }
            return nil
        }
        audiences.insert(audience)
        open = Open(side: side, audience: audience, text: "", line: number)
        return rest
    }

    private mutating func continueText(with line: Line) {
        if let open, open.isOneLine, !Self.isBlank(line) {
            report(.severalLines, at: open.line)
            self.open?.isOneLine = false
        }
        open?.text += "\n"
        takeText(line)
    }

    /// Adds `line` to the open turn up to the marker, and so with every turn that begins after one.
    private mutating func takeText(_ line: Line) {
        let marker = Array(Turn.marker.unicodeScalars)
        var line = line
        while let end = line.indices.first(where: { line[$0...].starts(with: marker) }) {
            open?.text += String(line[..<end])
            close()
            let rest = line[end...].dropFirst(marker.count)
            guard let text = begin(rest, isWholeLine: false) else { return }
            line = text
        }
        open?.text += String(line)
    }

    private mutating func close() {
        guard let ended = open else { return }
        open = nil
        var text = ended.text.unicodeScalars[...]
        while let last = text.last, last == " " || last == "\n" || last == "\r" {
            text.removeLast()
        }
        do {
            turns.append(
                try Turn(side: ended.side, audience: ended.audience, text: String(text)))
        } catch {
            // `prefix(of:)` lets nothing else through, but a turn that cannot be is no turn.
            report(.noPrefix, at: ended.line)
        }
    }

    private mutating func report(_ reason: TranscriptError.Fault.Reason, at line: Int?) {
        faults.append(TranscriptError.Fault(line: line ?? number, reason))
    }

    private static func isBlank(_ line: Line) -> Bool {
        line.allSatisfy { $0 == " " || $0 == "\t" }
    }

    /// The parts of a line that begins a turn: `side|audience|rest`.
    private static func prefix(of line: Line) -> (side: Int, audience: String, rest: Line)? {
        let trimmed = line.drop { $0 == " " || $0 == "|" }
        guard let side = trimmed.first, side == "0" || side == "1" else { return nil }
        guard trimmed.dropFirst().first == "|" else { return nil }
        let rest = trimmed.dropFirst(2)
        guard let end = rest.firstIndex(of: "|") else { return nil }
        let audience = String(rest[..<end])
        guard Turn.isAudience(audience) else { return nil }
        return (side == "0" ? 0 : 1, audience, rest[end...].dropFirst())
    }
}
