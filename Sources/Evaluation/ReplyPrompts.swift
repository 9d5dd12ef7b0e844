import Chat
import GPT2
import Tokenizer

/// The places in a chat log where the persona was to speak, as prompts.
public enum ReplyPrompts {
    /// Prompts for messages spread evenly over the log.
    ///
    /// - Parameters:
    ///   - transcript: the log. What stood before a message, back to where the audience changed,
    ///     is before it in its prompt as far as the window allows.
    ///   - count: how many prompts at most.
    ///   - replyLength: how many tokens of the window are kept for the reply.
    ///   - contextLength: the model's window.
    ///   - tokenizer: the model's.
    /// - Returns: token ids, each prompt ending in `0|audience|`.
    /// - Throws: `PromptError` where the window is too small for any.
    public static func prompts(
        of transcript: Transcript, count: Int, replyLength: Int, contextLength: Int,
        tokenizer: BytePairTokenizer
    ) throws -> [[TokenID]] {
        let builder = PromptBuilder(contextLength: contextLength, reserve: replyLength) {
            tokenizer.encode($0)
        }
        let turns = transcript.turns
        // A message that another of the same person follows is not answered yet.
        let asked = turns.indices.filter { index in
            turns[index].side == 1
                && (index + 1 == turns.count || turns[index + 1].side == 0
                    || turns[index + 1].audience != turns[index].audience)
        }
        let taken = min(max(0, count), asked.count)
        return try (0..<taken).map { number in
            let place = asked[number * asked.count / taken]
            let message = turns[place]
            let others = turns[..<place].lastIndex { $0.audience != message.audience }
            // No turn is shorter than a token, so no older one can be in the window.
            let first = max((others ?? -1) + 1, place - contextLength)
            return try builder.prompt(
                turns: Array(turns[first..<place]), message: message, truncate: true
            ).tokens
        }
    }
}
