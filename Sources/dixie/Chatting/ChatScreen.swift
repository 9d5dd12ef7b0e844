import Terminal

/// Where a chat is shown: replies in one place, so that they can be kept, everything else in another.
struct ChatScreen {
    /// Of what is not a reply.
    let style: TextStyle
    /// Whether replies and all else are seen together, so that replies need a name before them.
    let showsSpeakers: Bool
    /// Takes a reply's pieces.
    let writeReply: (String) throws -> Void
    /// Takes all else.
    let writeNote: (String) -> Void

    /// Says something beside the chat, on a line of its own.
    func say(_ sentence: String) { writeNote(style.quiet(harmless(sentence)) + "\n") }

    /// Asks for a line.
    func ask(_ who: String) { writeNote(style.strong(harmless(who)) + "> ") }

    /// Says whose words follow.
    func introduce(_ speaker: String) {
        if showsSpeakers { writeNote(style.name(harmless(speaker)) + ": ") }
    }
}
