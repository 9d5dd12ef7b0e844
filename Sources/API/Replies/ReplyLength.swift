import Chat
import Configuration
import Serving

/// How the model's window is shared between prompt and reply.
///
/// A length that the request asks for is kept or refused; a default one shrinks to the room that
/// the prompt leaves.
struct ReplyLength {
    private let share: WindowShare
    private let explicit: Int?
    private let truncates: Bool
    private let names: ReplyRequest.FieldNames

    /// - Throws: `APIError` (400) for a length that leaves no room for any prompt.
    init(
        _ request: ReplyRequest, _ served: ModelRegistry<ModelConfiguration>.Served
    ) throws(APIError) {
        let options = request.options
        names = request.names
        let window = served.version.contextLength
        explicit = options.length
        share = WindowShare(
            window: window, asked: options.length,
            usual: options.defaultLength ?? served.profile.generation.length)
        truncates = options.truncate
        guard window > 1 else {
            throw APIError(
                400, "this model sees one token at a time, which leaves no room for a reply",
                code: "context_length_exceeded")
        }
        guard let length = options.length, length >= window else { return }
        throw .invalid(
            names.length,
            "a length of \(length) does not fit this model, which sees \(window) tokens "
                + "at a time; ask for at most \(window - 1)")
    }

    /// See `WindowShare.reserve`.
    var reserve: Int { share.reserve }

    /// The same where no length was asked for.
    var usualReserve: Int { share.usualReserve }

    /// The tokens of a prompt that leave room for the reply: all of them, or their end if that was
    /// asked for.
    func fit(_ tokens: [Int32]) throws(APIError) -> [Int32] {
        guard !tokens.isEmpty else {
            throw .invalid(
                names.prompt, "\(names.prompt) is empty; give the model something to go on from")
        }
        let room = share.window - (explicit ?? 1)
        if tokens.count <= room { return tokens }
        guard truncates else {
            throw .tooLong(
                "the prompt is \(tokens.count) tokens long and there is room for \(room); "
                    + "shorten it, or ask for a shorter reply"
                    + (names.truncate.map { ", or send \"\($0)\": true to keep its end" } ?? ""),
                names.prompt)
        }
        return tokens.suffix(max(1, share.window - reserve))
    }

    /// How many tokens the reply may have after a prompt of so many.
    func tokens(after prompt: Int) -> Int { share.replyTokens(after: prompt) }
}
