import Configuration
import Crypto
import Foundation
import HTTP
import JSON
import Serving

/// `POST /v1/chat/completions`: OpenAI's chat, its messages made into the turns that the model was
/// tuned on.
struct ChatCompletions: Sendable {
    private let replier: Replier
    private let settings: CompatibilitySettings

    init(_ replier: Replier, _ settings: CompatibilitySettings) {
        self.replier = replier
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route("POST", "/v1/chat/completions", .scope(.infer), generates: true) {
                try complete($0)
            }
        ]
    }

    private func complete(_ exchange: Route.Exchange) throws {
        let fields = try OpenAIFields(exchange.request.body)
        let key = try fields.model(settings, for: exchange.caller)
        let wanted = try Wanted(fields)
        var request = ReplyRequest(
            modelKey: key, prompts: [.conversation(wanted.conversation)],
            choices: wanted.choices, arrival: exchange.writer.record.arrival)
        request.names = ReplyRequest.FieldNames(
            prompt: "messages", length: "max_completion_tokens")
        request.options = wanted.options
        request.caller = exchange.caller?.hash
        let shape = ChatCompletionShape(
            id: "chatcmpl-\(try SecureRandom.identifier())", model: key,
            created: Int(Date().timeIntervalSince1970), choices: wanted.choices,
            tellsScores: wanted.options.scoredAlternatives != nil)
        let stream = try fields.stream()
        let sinks =
            stream.isOn
            ? StreamedReply(
                exchange.writer, choices: wanted.choices,
                shape.stream(countsUsage: stream.countsUsage)
            ).sinks
            : WholeReply(exchange.writer, choices: wanted.choices) { .json(shape.whole($0)) }
                .sinks
        replier.reply(to: request, for: exchange.writer, into: sinks)
    }

    /// What a request asks for.
    struct Wanted {
        let conversation: ReplyRequest.Conversation
        let options: ReplyOptions
        let choices: Int

        /// - Throws: `APIError` 400.
        init(_ request: OpenAIFields) throws(APIError) {
            let fields = request.fields
            conversation = try ReplyRequest.Conversation(
                openAI: fields.value("messages"), "messages")
            choices = try fields.integer("n", in: ReplyOptions.Range.choices) ?? 1
            var options = try request.options(lengths: ["max_completion_tokens", "max_tokens"])
            let alternatives = try fields.integer("top_logprobs", in: 0...20)
            if try fields.bool("logprobs") ?? false {
                options.scoredAlternatives = alternatives ?? 0
            } else if alternatives != nil {
                throw .invalid("top_logprobs", "top_logprobs needs \"logprobs\": true")
            }
            self.options = options
            try Self.refuseUnsupported(fields)
        }

        /// Refuses what would be answered wrongly if it were ignored, as other unknown fields are.
        private static func refuseUnsupported(_ fields: RequestFields) throws(APIError) {
            if fields.value("tool_choice")?.string == "required"
                || fields.value("tool_choice")?.object != nil
            {
                throw .invalid("tool_choice", "these models call no tools; leave it out")
            }
            if let format = fields.value("response_format"), let kind = format["type"]?.string,
                kind != "text"
            {
                throw .invalid(
                    "response_format", "response_format may be text; these models know no other")
            }
        }
    }
}
