import Configuration
import JSON
import Serving

/// The fields that OpenAI's requests have in common. Fields that are not known are left alone, as its
/// clients send more with every version.
struct OpenAIFields: Sendable {
    let fields: RequestFields

    init(_ body: [UInt8]) throws(APIError) { fields = try RequestFields(body) }

    /// The model that is asked for; the caller's first where none is named.
    ///
    /// - Parameters:
    ///   - settings: knows the models.
    ///   - caller: who asks.
    /// - Returns: its key.
    /// - Throws: `APIError` 404.
    func model(_ settings: CompatibilitySettings, for caller: APIKey?) throws(APIError) -> String {
        guard let key = try fields.string("model") ?? settings.keys(for: caller).first else {
            throw .invalid("model", "model is missing; name one of GET /v1/models")
        }
        do {
            try settings.check(key, for: caller)
        } catch {
            var error = error
            error.param = "model"
            throw error
        }
        return key
    }

    /// How the reply is to be made.
    ///
    /// - Parameters:
    ///   - lengths: the names that a length may go by, the one that counts first.
    ///   - least: the shortest reply that may be asked for.
    /// - Returns: what is set; the rest is the model's.
    /// - Throws: `APIError` 400.
    func options(lengths: [String], from least: Int = 1) throws(APIError) -> ReplyOptions {
        var options = ReplyOptions()
        for name in lengths.reversed() {
            let range = least...ReplyOptions.Range.length.upperBound
            options.length = try fields.integer(name, in: range) ?? options.length
        }
        options.temperature = try fields.number("temperature", in: 0...2)
        // 0 is off for the engine, and nearly nothing but the likeliest token to this dialect.
        options.topP = try fields.number("top_p", in: 0...1).map { max($0, 1e-9) }
        options.seed = try fields.integer("seed", in: ReplyOptions.Range.seed)
        options.stop = try fields.strings(
            "stop", atMost: ReplyOptions.Range.stopCount, ofAtMost: ReplyOptions.Range.stopBytes)
        options.presencePenalty = try fields.number(
            "presence_penalty", in: ReplyOptions.Range.presencePenalty)
        options.frequencyPenalty = try fields.number(
            "frequency_penalty", in: ReplyOptions.Range.presencePenalty)
        options.logitBias = try logitBias()
        options.truncate = try fields.bool("truncate") ?? false
        return options
    }

    /// Whether the reply is streamed, and whether it then tells its tokens at the end.
    func stream() throws(APIError) -> (isOn: Bool, countsUsage: Bool) {
        let isOn = try fields.bool("stream") ?? false
        guard let options = fields.value("stream_options") else { return (isOn, false) }
        guard options.object != nil else {
            throw .invalid(
                "stream_options", "stream_options is \(options.kind); it should be an object")
        }
        return (isOn, try RequestFields(options).bool("include_usage") ?? false)
    }

    /// Token ids, written as strings, and what is added to their logits.
    private func logitBias() throws(APIError) -> [Int32: Double] {
        guard let value = fields.value("logit_bias") else { return [:] }
        let range = ReplyOptions.Range.logitBias
        guard let members = value.object, members.count <= ReplyOptions.Range.logitBiasCount else {
            throw .invalid(
                "logit_bias",
                "logit_bias should be an object with at most "
                    + "\(ReplyOptions.Range.logitBiasCount) token ids")
        }
        var bias: [Int32: Double] = [:]
        for member in members {
            guard let id = Int32(member.key), let number = member.value.number,
                range.contains(number)
            else {
                throw .invalid(
                    "logit_bias",
                    "logit_bias should give each token id a number from "
                        + "\(range.lowerBound) to \(range.upperBound)")
            }
            bias[id] = number
        }
        return bias
    }
}

extension ReplyEnding {
    /// OpenAI's clients know no deadline: a reply that ran out of time was cut at a length.
    var finishReason: JSONValue { summary.reason == .stop ? "stop" : "length" }
}

extension [ReplyEnding] {
    /// What all choices took together; each prompt counts once.
    ///
    /// - Parameter choices: of each prompt.
    /// - Returns: the sum.
    func usage(choices: Int) -> UsageCount {
        enumerated().reduce(UsageCount(prompt: 0, cachedPrompt: 0, completion: 0)) {
            let usage = $1.element.usage
            return $0 + ($1.offset % choices == 0 ? usage : usage.withoutPrompt)
        }
    }
}
