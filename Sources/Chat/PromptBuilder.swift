/// Makes the prompt of a chat: the turns so far, the new message, and the prefix after which the
/// persona speaks, all within the model's window.
///
/// When the turns no longer fit, whole oldest ones are dropped until three quarters of the window
/// are used; then none again until it is full. So most prompts begin as the one before them did,
/// and what a cache holds of it can be used. Where the cut falls depends on nothing but the
/// turns, their order and the window: a caller that sends all turns every time gets the prompts
/// of one that forgets dropped turns.
public struct PromptBuilder: Sendable {
    /// Token ids of a text. Called once for each turn: the marker and the line break keep a turn's
    /// tokens from depending on its neighbours.
    public typealias Encode = @Sendable (String) throws -> [Int32]

    /// The most tokens a prompt may have.
    public let window: Int
    private let encode: Encode

    /// - Parameters:
    ///   - contextLength: the positions the model has.
    ///   - reserve: how many of them are kept for the reply.
    ///   - encode: the model's tokenizer.
    public init(contextLength: Int, reserve: Int, encode: @escaping Encode) {
        window = max(0, contextLength - max(0, reserve))
        self.encode = encode
    }

    /// A prompt and what became of the turns.
    public struct Prompt: Sendable, Equatable {
        public let tokens: [Int32]
        /// How many of the oldest turns are not in it.
        public let dropped: Int
        /// The new message as it is in the prompt: its beginning may have been cut off.
        public let message: Turn
    }

    /// Builds one prompt.
    ///
    /// - Parameters:
    ///   - turns: the conversation so far, oldest first.
    ///   - message: the new message.
    ///   - personaSide: the side that is to answer.
    ///   - preamble: text before all turns, which is never dropped.
    ///   - cutsPreamble: whether it loses its end where it takes more than half of the window.
    ///   - truncate: whether a message that alone is too long loses its beginning.
    /// - Returns: at most `window` tokens.
    /// - Throws: `PromptError`, and what `encode` throws.
    public func prompt(
        turns: [Turn], message: Turn, personaSide: Int = 0, preamble: String = "",
        cutsPreamble: Bool = false, truncate: Bool = false
    ) throws -> Prompt {
        let whole = preamble.isEmpty ? [] : try encode(preamble)
        let head = cutsPreamble ? Array(whole.prefix(window / 2)) : whole
        let tail = try encode(Turn.prefix(side: personaSide, audience: message.audience))
        let used = head.count + tail.count
        guard used < window else {
            throw PromptError.noRoom(needed: used, window: window)
        }
        let room = window - used
        let (message, messageTokens) = try fit(message, into: room, truncate: truncate)

        let encoded = try turns.map { try encode($0.line) } + [messageTokens]
        let isAsked = turns.map { $0.side != personaSide } + [true]
        let first = firstKept(encoded.map(\.count), isAsked: isAsked, room: room, used: used)
        return Prompt(
            tokens: head + encoded[first...].joined() + tail, dropped: first, message: message)
    }

    /// The first turn that stays, found by going through the conversation as it went: at every
    /// message that asked for an answer, the turns before it had to fit.
    private func firstKept(_ counts: [Int], isAsked: [Bool], room: Int, used: Int) -> Int {
        let target = max(0, window - (window / 4 + (window % 4 == 0 ? 0 : 1)) - used)
        var first = 0
        var total = 0
        for index in counts.indices {
            total += counts[index]
            guard isAsked[index], total > room else { continue }
            while first < index, total > target {
                total -= counts[first]
                first += 1
            }
        }
        return first
    }

    private func fit(_ message: Turn, into room: Int, truncate: Bool) throws -> (Turn, [Int32]) {
        let tokens = try encode(message.line)
        if tokens.count <= room { return (message, tokens) }
        guard truncate else {
            throw PromptError.messageTooLong(tokens: tokens.count, room: room)
        }
        // A token of GPT-2 is seldom longer than this many characters; a longer end is not tried.
        let end = Array(message.sanitizedText.unicodeScalars.suffix(min(room, 1 << 20) * 16))
        // How many tokens an end takes hardly ever falls as it gets longer, so halving finds the
        // longest or one nearly as long; what is returned has been counted.
        var best: (Turn, [Int32])?
        var fitting = 0
        var tooLong = end.count + 1
        while tooLong - fitting > 1 {
            let length = fitting + (tooLong - fitting) / 2
            var text = String.UnicodeScalarView()
            text.append(contentsOf: end.suffix(length))
            let turn = try Turn(
                side: message.side, audience: message.audience, text: String(text))
            let tokens = try encode(turn.line)
            if tokens.count <= room {
                best = (turn, tokens)
                fitting = length
            } else {
                tooLong = length
            }
        }
        guard let best else { throw PromptError.noRoom(needed: tokens.count, window: window) }
        return best
    }
}

/// Why there is no prompt.
public enum PromptError: Error, Equatable, CustomStringConvertible {
    /// The message takes `tokens` where only `room` are left for it.
    case messageTooLong(tokens: Int, room: Int)
    /// What every prompt must have leaves no room for a message.
    case noRoom(needed: Int, window: Int)

    public var description: String {
        switch self {
        case .messageTooLong(let tokens, let room):
            """
            the message is \(tokens) tokens long and there is room for \(room); shorten it, ask \
            for a shorter reply, or send "truncate": true to keep its end
            """
        case .noRoom(let needed, let window):
            """
            \(needed) tokens are needed before the message and the window has \(window); ask for a \
            shorter reply or shorten the system text
            """
        }
    }
}
