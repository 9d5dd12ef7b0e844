/// Something that was asked for in a chat and cannot be done. Where a person is at it, the chat goes on.
struct ChatMistake: Error, Equatable, CustomStringConvertible {
    /// One sentence: what, and what to do instead.
    let description: String

    init(_ description: String) { self.description = description }
}
