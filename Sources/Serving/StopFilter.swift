/// Ends a reply at the first of several stop strings, while it is being generated.
///
/// Text that may still become a stop string is held back; a stop string itself and what follows
/// it never come out. The stop string that is complete first wins; of several complete at the same
/// byte, the longest. So the result does not depend on how the reply is cut into pieces. Each byte
/// costs amortised constant time for each stop string (Knuth, Morris and Pratt's matching).
public struct StopFilter: Sendable {
    private var matchers: [Matcher]
    /// The end of what has arrived, as long as the longest beginning of a stop string it may be.
    private var held: [UInt8] = []
    public private(set) var hasStopped = false

    /// - Parameter stops: the stop strings, compared byte for byte; empty ones match nothing.
    public init(_ stops: [String]) {
        matchers = stops.filter { !$0.isEmpty }.map { Matcher(Array($0.utf8)) }
    }

    /// Takes the next piece of the reply.
    ///
    /// - Parameter text: the piece.
    /// - Returns: what can be sent by now, and whether the reply has ended at a stop string. After
    ///   that, nothing more comes out.
    public mutating func append(_ text: String) -> (emit: String, stopped: Bool) {
        guard !hasStopped else { return ("", true) }
        for byte in text.utf8 {
            held.append(byte)
            var completed = 0
            for index in matchers.indices where matchers[index].advance(over: byte) {
                completed = max(completed, matchers[index].pattern.count)
            }
            if completed > 0 {
                hasStopped = true
                let emit = String(decoding: held.dropLast(completed), as: UTF8.self)
                held = []
                return (emit, true)
            }
        }
        // A stop string begins with a whole scalar, so no scalar is cut in two here.
        let undecided = matchers.map(\.matched).max() ?? 0
        let emit = String(decoding: held.dropLast(undecided), as: UTF8.self)
        held.removeFirst(held.count - undecided)
        return (emit, false)
    }

    /// Takes the end of the reply, and returns what was held back.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }
}

/// Where the search for one stop string stands.
private struct Matcher: Sendable {
    let pattern: [UInt8]
    /// For each length of a matched beginning, the next shorter one that could be matched as well.
    let fallback: [Int]
    /// How many bytes at the end of the text are the pattern's beginning.
    var matched = 0

    /// - Parameter pattern: what to look for; not empty.
    init(_ pattern: [UInt8]) {
        var fallback = [0, 0]
        var length = 0
        for byte in pattern.dropFirst() {
            while length > 0, pattern[length] != byte { length = fallback[length] }
            if pattern[length] == byte { length += 1 }
            fallback.append(length)
        }
        self.pattern = pattern
        self.fallback = fallback
    }

    /// Takes one byte more; returns whether the pattern is complete with it.
    mutating func advance(over byte: UInt8) -> Bool {
        if matched == pattern.count { matched = fallback[matched] }
        while matched > 0, pattern[matched] != byte { matched = fallback[matched] }
        if pattern[matched] == byte { matched += 1 }
        return matched == pattern.count
    }
}
