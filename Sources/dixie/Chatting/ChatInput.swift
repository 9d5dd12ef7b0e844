/// Where a chat's lines come from.
protocol ChatInput: AnyObject {
    /// Waits for the next one.
    ///
    /// - Throws: `TerminalError`.
    func next() throws -> ChatInputEvent
}

enum ChatInputEvent: Equatable, Sendable {
    /// Without its end.
    case line(String)
    /// Ctrl-C instead of a line.
    case interrupted
    /// Nothing comes any more.
    case end
}
