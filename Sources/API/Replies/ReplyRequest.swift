import Configuration
import Crypto
import GPT2

/// What a dialect wants from a model, in the terms of all of them.
struct ReplyRequest: Sendable {
    enum Prompt: Sendable {
        /// Text that goes to the model as it is.
        case text(String)
        /// Token ids, already.
        case tokens([Int32])
        /// What the user says next in a chat, remembered under `session` if there is one.
        case message(String, audience: String?, session: String?)
        /// A whole chat, as the client remembers it.
        case conversation(Conversation)
    }

    /// A chat up to where the persona is to speak.
    struct Conversation: Sendable, Equatable {
        struct Message: Sendable, Equatable {
            var isPersonas: Bool
            var text: String
        }

        /// What goes before all messages; empty for nothing.
        var system = ""
        /// At least one.
        var messages: [Message]
        /// Nil for the model's own.
        var audience: String?
    }

    /// What a dialect calls the fields that may be too long.
    struct FieldNames: Sendable {
        var prompt = "raw_text"
        var length = "length"
        /// The field that asks for a prompt's end; nil where there is none.
        var truncate: String? = "truncate"
    }

    var modelKey: String
    /// One or more, each answered on its own.
    var prompts: [Prompt]
    /// How many replies to each.
    var choices = 1
    var options = ReplyOptions()
    var names = FieldNames()
    /// When the request came in: what deadlines are counted from.
    var arrival: ContinuousClock.Instant
    /// The hash of the key that was shown; nil where none is asked for. Not its id: that of a
    /// plain key is its place in a list, which moves when the list is edited.
    var caller: SHA256Digest?
}

/// How a reply is to be made; what is nil, the model's configuration says.
struct ReplyOptions: Sendable {
    /// Kept or refused.
    var length: Int?
    /// Instead of the model's own, where there is no `length`; shrinks to the room there is.
    var defaultLength: Int?
    var temperature: Double?
    var topK: Int?
    var topP: Double?
    var penalize: Double?
    var presencePenalty: Double?
    var frequencyPenalty: Double?
    /// What is added to the logits of tokens.
    var logitBias: [Int32: Double] = [:]
    var seed: Int?
    /// Whether tokens are scored, with how many alternatives.
    var scoredAlternatives: Int?
    /// Whether the prompt's tokens come back before the reply's.
    var echoes = false
    var stop: [String]?
    /// From `arrival` on.
    var deadline: Duration?
    /// Whether a prompt that is too long loses its beginning instead of being refused.
    var truncate = false
    /// Whether a chat that does not fit whole is refused instead of losing its oldest messages.
    var keepsAll = false
    /// Whether the original's quirks are on.
    var isCompatible: Bool?

    /// What any dialect may ask for.
    typealias Range = GenerationRange

    init() {}

    /// Reads the fields by the names of the dixie dialect.
    init(_ fields: RequestFields) throws(APIError) {
        length = try fields.integer("length", in: Range.length)
        temperature = try fields.number("temperature", in: Range.temperature)
        topK = try fields.integer("top_k", in: Range.topK)
        topP = try fields.number("top_p", in: Range.topP)
        penalize = try fields.number("penalize", in: Range.penalize)
        seed = try fields.integer("seed", in: Range.seed)
        stop = try fields.strings("stop", atMost: Range.stopCount, ofAtMost: Range.stopBytes)
        deadline = try fields.integer("deadline_ms", in: Range.deadlineMilliseconds)
            .map { .milliseconds($0) }
        truncate = try fields.bool("truncate") ?? false
        if let compat = try fields.string("compat") {
            guard compat == "dixie" || compat == "off" else {
                throw .invalid("compat", "compat may be \"dixie\" or \"off\"")
            }
            isCompatible = compat == "dixie"
        }
    }
}
