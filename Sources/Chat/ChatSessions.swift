/// The conversations the server remembers, in memory only.
///
/// At most `maximumCount`, each until it has not been used for `timeToLive`; when there is no room
/// for another, the least recently used goes. The time is given by the caller and never goes back.
/// Every call costs amortised constant time.
public struct ChatSessions: Sendable {
    public typealias Instant = ContinuousClock.Instant

    /// Whose conversation: one caller never sees another's, whatever session id they choose.
    public struct Key: Sendable, Hashable {
        /// The id of the API key that calls; nil where the server has no keys.
        public let caller: String?
        public let model: String
        public let audience: String
        public let session: String

        /// - Throws: `ChatSessionError.invalidIdentifier` unless `session` is 1 to 128 of
        ///   `A-Z a-z 0-9 . _ : -`.
        public init(
            caller: String?, model: String, audience: String, session: String
        ) throws(ChatSessionError) {
            guard Self.isIdentifier(session) else { throw .invalidIdentifier }
            self.caller = caller
            self.model = model
            self.audience = audience
            self.session = session
        }

        /// Whether a text is 1 to 128 of `A-Z a-z 0-9 . _ : -`.
        public static func isIdentifier(_ text: String) -> Bool {
            (1...128).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                        UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }

    /// What is remembered of one conversation.
    public struct Conversation: Sendable, Equatable {
        public internal(set) var turns: [Turn] = []
        /// How many turns came before these and are forgotten: the number of `turns[0]` in the
        /// whole conversation.
        public internal(set) var forgotten = 0

        public init() {}
    }

    private struct Entry: Sendable {
        var conversation: Conversation
        var lastUse: Instant
        var stamp: UInt64
    }

    public let maximumCount: Int
    public let timeToLive: Duration
    private var entries: [Key: Entry] = [:]
    /// Uses, oldest first, from `oldest` on; one whose stamp is not its entry's is outdated.
    private var uses: [(key: Key, stamp: UInt64)] = []
    private var oldest = 0
    private var stamp: UInt64 = 0

    /// - Parameters:
    ///   - maximumCount: how many conversations to keep; 0 keeps none.
    ///   - timeToLive: how long a conversation stays after its last use.
    public init(maximumCount: Int, timeToLive: Duration) {
        self.maximumCount = max(0, maximumCount)
        self.timeToLive = timeToLive
    }

    public var count: Int { entries.count }

    /// The conversation so far; an empty one where nothing is remembered. Counts as a use.
    public mutating func conversation(_ key: Key, at now: Instant) -> Conversation {
        expire(at: now)
        guard let conversation = entries[key]?.conversation else { return Conversation() }
        store(conversation, for: key, at: now)
        return conversation
    }

    /// Adds turns to a conversation and forgets those before `first`.
    ///
    /// - Parameters:
    ///   - turns: what was said since.
    ///   - key: whose conversation.
    ///   - first: the number, in the whole conversation, of the first turn to keep:
    ///     `forgotten + Prompt.dropped` of what the prompt was made from. Counting so, two answers
    ///     at once in one conversation never forget the same turns twice.
    ///   - now: the time.
    public mutating func record(
        _ turns: [Turn], in key: Key, keepingFrom first: Int, at now: Instant
    ) {
        expire(at: now)
        var conversation = entries[key]?.conversation ?? Conversation()
        let forgotten = min(max(0, first - conversation.forgotten), conversation.turns.count)
        conversation.turns.removeFirst(forgotten)
        conversation.forgotten += forgotten
        conversation.turns += turns
        store(conversation, for: key, at: now)
    }

    /// Forgets one conversation.
    public mutating func forget(_ key: Key) { entries[key] = nil }

    /// Forgets every conversation that has been idle too long. All other calls do so first.
    public mutating func expire(at now: Instant) {
        while let (key, entry) = leastRecentlyUsed(), entry.lastUse.duration(to: now) > timeToLive {
            entries[key] = nil
        }
    }

    private mutating func store(_ conversation: Conversation, for key: Key, at now: Instant) {
        stamp += 1
        entries[key] = Entry(conversation: conversation, lastUse: now, stamp: stamp)
        uses.append((key, stamp))
        while entries.count > maximumCount, let (key, _) = leastRecentlyUsed() {
            entries[key] = nil
        }
        compact()
    }

    /// The entry whose use is longest ago; drops outdated uses on the way.
    private mutating func leastRecentlyUsed() -> (Key, Entry)? {
        while oldest < uses.count {
            let (key, stamp) = uses[oldest]
            if let entry = entries[key], entry.stamp == stamp { return (key, entry) }
            oldest += 1
        }
        return nil
    }

    /// Keeps the list of uses at about twice the entries.
    private mutating func compact() {
        guard uses.count > 2 * entries.count + 16 else { return }
        uses = uses[oldest...].filter { entries[$0.key]?.stamp == $0.stamp }
        oldest = 0
    }
}

/// Why there is no such conversation.
public enum ChatSessionError: Error, Equatable, CustomStringConvertible {
    case invalidIdentifier

    public var description: String {
        "a session_id is 1 to 128 letters, digits and . _ : -"
    }
}
