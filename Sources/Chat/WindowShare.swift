/// How a model's window is shared between a prompt and its reply.
///
/// A length that was asked for is kept; a usual one shrinks to the room that the prompt leaves.
public struct WindowShare: Sendable, Equatable {
    /// The positions that the model has.
    public let window: Int
    private let asked: Int?
    private let usual: Int

    /// - Parameters:
    ///   - window: the positions that the model has.
    ///   - asked: the reply's length in tokens, where one was asked for.
    ///   - usual: its length where none was.
    public init(window: Int, asked: Int?, usual: Int) {
        self.window = window
        self.asked = asked
        self.usual = usual
    }

    /// What a chat's prompt must leave free: half of a small window at most, unless more was asked
    /// for.
    public var reserve: Int { asked ?? usualReserve }

    /// The same where no length was asked for.
    public var usualReserve: Int { min(usual, window / 2) }

    /// How many tokens the reply may have after a prompt of so many: one at least, unless none was
    /// asked for.
    public func replyTokens(after prompt: Int) -> Int {
        max(asked == 0 ? 0 : 1, min(asked ?? usual, window - prompt))
    }
}
