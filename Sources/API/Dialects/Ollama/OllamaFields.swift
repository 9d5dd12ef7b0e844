import Configuration
import HTTP
import JSON
import Serving

/// The fields that Ollama's requests have in common.
struct OllamaFields: Sendable {
    let fields: RequestFields

    init(_ body: [UInt8]) throws(APIError) { fields = try RequestFields(body) }

    /// The model that is asked for. Ollama's clients put `:latest` behind names without a tag.
    ///
    /// - Parameters:
    ///   - settings: knows the models.
    ///   - caller: who asks.
    /// - Returns: its key.
    /// - Throws: `APIError` 404.
    func model(_ settings: CompatibilitySettings, for caller: APIKey?) throws(APIError) -> String {
        let name = try modelName()
        let latest = ":latest"
        let known = settings.keys(for: caller)
        let key =
            name.hasSuffix(latest) && !known.contains(name)
            ? String(name.dropLast(latest.count)) : name
        try settings.check(key, for: caller)
        return key
    }

    /// The model as the request has it.
    ///
    /// - Throws: `APIError` 400 where it has none.
    func modelName() throws(APIError) -> String {
        let names = [try fields.string("model"), try fields.string("name")]
        // Ollama's own program sends both, one of them empty.
        guard let name = names.lazy.compactMap(\.self).first(where: { !$0.isEmpty }) else {
            throw .invalid("model", "model is missing; name one of GET /api/tags")
        }
        return name
    }

    /// How the reply is to be made. What is out of range is brought into it, as Ollama does: Home
    /// Assistant and others send the same settings to every model, some of them meant for larger ones.
    ///
    /// - Returns: what is set; the rest is the model's.
    /// - Throws: `APIError` 400 for what is no number or text.
    func options() throws(APIError) -> ReplyOptions {
        var options = ReplyOptions()
        options.truncate = true
        guard let value = fields.value("options") else { return options }
        guard value.object != nil else {
            throw .invalid("options", "options is \(value.kind); it should be an object")
        }
        let own = RequestFields(value)
        if let length = try own.integer("num_predict", in: .min ... .max) {
            // Below 1 it means as many as there is room for.
            if length > 0 {
                options.defaultLength = length
            } else {
                options.defaultLength = .max / 4
            }
        }
        options.temperature = try clamped(own, "temperature", to: ReplyOptions.Range.temperature)
        options.topP = try clamped(own, "top_p", to: ReplyOptions.Range.topP)
        options.topK = try own.integer("top_k", in: .min ... .max).map {
            min(max($0, ReplyOptions.Range.topK.lowerBound), ReplyOptions.Range.topK.upperBound)
        }
        options.seed = try own.integer("seed", in: ReplyOptions.Range.seed)
        options.presencePenalty = try clamped(
            own, "presence_penalty", to: ReplyOptions.Range.presencePenalty)
        options.frequencyPenalty = try clamped(
            own, "frequency_penalty", to: ReplyOptions.Range.presencePenalty)
        // The same penalty, seen from the other side: Ollama divides by what we multiply with.
        options.penalize = try clamped(own, "repeat_penalty", to: 1...1000).map { 1 / $0 }
        options.stop = try own.strings(
            "stop", atMost: ReplyOptions.Range.stopCount, ofAtMost: ReplyOptions.Range.stopBytes)
        return options
    }

    private func clamped(
        _ fields: RequestFields, _ name: String, to range: ClosedRange<Double>
    ) throws(APIError) -> Double? {
        let greatest = Double.greatestFiniteMagnitude
        return try fields.number(name, in: -greatest...greatest).map {
            min(max($0, range.lowerBound), range.upperBound)
        }
    }

    /// Whether a model without a prompt is to leave memory, rather than to be loaded.
    ///
    /// - Throws: `APIError` 400.
    func unloads() throws(APIError) -> Bool {
        guard let value = fields.value("keep_alive") else { return false }
        if let number = value.number { return number == 0 }
        guard let text = value.string, let number = Double(text.prefix { !$0.isLetter }) else {
            throw .invalid(
                "keep_alive", "keep_alive should be a number of seconds, or a text such as \"5m\"")
        }
        return number == 0
    }
}

extension APIError {
    /// As Ollama says an error.
    var ollamaResponse: HTTPResponse { response(["error": .string(message)]) }
}
