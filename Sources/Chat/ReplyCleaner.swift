/// The rules of `chatbot`: a reply without the pipe format it was generated in.
///
/// A reply is what one speaker says in a row: up to four messages, joined by line breaks. It ends
/// where a message of the other side begins, so that what the model makes up for the person is
/// never put into the persona's mouth. From each message are taken
/// - the prefix (`0|mom|`, `1|+mom|`), only where a turn can begin - at the start, after a line
///   break or a marker - and only with a known name;
/// - the marker `<EOM>`, and one cut short by the end of the text (`<EO`; a lone `<` only after
///   white space); a prefix cut short by the end, too;
/// - white space at both ends, and all but one of several spaces.
///
/// Digits, words, punctuation, addresses and emoji stay as they were. Empty messages do not count.
struct ReplyCleaner: Sendable {
    static let maximumMessages = 4
    static let marker = Array("<EOM>".utf8)

    private let prefixes: TurnPrefixes
    private let personaSide: Int

    /// What has arrived and is not decided yet: nothing, or the beginning of a prefix or marker.
    private var pending: [UInt8] = []
    /// White space after what was last sent, which goes out before the next word or not at all.
    private var gap: [UInt8] = []
    private var canBeginTurn = true
    private var followsMarker = false
    private var isInMessage = false
    private var messages = 0
    private var speaker: Int?
    private(set) var hasEnded = false

    init(names: [String], personaSide: Int) {
        prefixes = TurnPrefixes(names: names)
        self.personaSide = personaSide
    }

    mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        pending += bytes
        return advance(atEnd: false)
    }

    mutating func finish() -> [UInt8] {
        defer { hasEnded = true }
        return advance(atEnd: true)
    }

    /// Decides as much of `pending` as can be decided, and returns what stays of it.
    private mutating func advance(atEnd: Bool) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < pending.count, !hasEnded {
            switch step(at: index, atEnd: atEnd) {
            case .wait:
                pending.removeFirst(index)
                return output
            case .skip(let length):
                index += length
            case .text:
                take(pending[index], into: &output)
                index += 1
            }
        }
        pending = []
        return output
    }

    private enum Step {
        case wait
        case skip(Int)
        case text
    }

    /// What to do with the bytes at `index`.
    private mutating func step(at index: Int, atEnd: Bool) -> Step {
        let rest = pending[index...]
        if canBeginTurn, !pending[index].isBlank {
            switch prefixes.match(rest) {
            case .prefix(let length, let side):
                beginTurn(of: side)
                return .skip(length)
            case .unfinished:
                if !atEnd { return .wait }
                // Cut short for certain when it has its pipe, or stands where only a prefix can.
                if followsMarker || rest.contains(.pipe) { return .skip(rest.count) }
            case .none:
                break
            }
            // Models put a pipe after the marker now and then.
            if followsMarker, pending[index] == .pipe { return .skip(1) }
        }
        guard pending[index] == Self.marker[0] else { return .text }
        if rest.starts(with: Self.marker) {
            endMessage()
            followsMarker = true
            return .skip(Self.marker.count)
        }
        guard rest.count < Self.marker.count, Self.marker.starts(with: rest) else { return .text }
        if !atEnd { return .wait }
        let isCutMarker = rest.count > 1 || !gap.isEmpty || !isInMessage
        return isCutMarker ? .skip(rest.count) : .text
    }

    private mutating func beginTurn(of side: Int?) {
        endMessage()
        followsMarker = false
        canBeginTurn = false
        guard let side else { return }
        if messages > 0, side != speaker { hasEnded = true }
        speaker = side
    }

    private mutating func endMessage() {
        isInMessage = false
        gap = []
        canBeginTurn = true
        if messages == Self.maximumMessages { hasEnded = true }
    }

    private mutating func take(_ byte: UInt8, into output: inout [UInt8]) {
        if byte.isBlank {
            if byte == .newline { canBeginTurn = true }
            if isInMessage, byte != .space || gap.last != .space { gap.append(byte) }
            return
        }
        canBeginTurn = false
        followsMarker = false
        if !isInMessage {
            isInMessage = true
            speaker = speaker ?? personaSide
            gap = messages > 0 ? [.newline] : []
            messages += 1
        }
        output += gap
        output.append(byte)
        gap = []
    }
}
