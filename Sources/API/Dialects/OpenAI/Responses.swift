import Configuration
import Crypto
import Foundation
import HTTP
import JSON
import Serving

/// `POST /v1/responses`: OpenAI's newer request, for text. Nothing is kept, so each request brings its
/// whole conversation.
struct Responses: Sendable {
    private let replier: Replier
    private let settings: CompatibilitySettings

    init(_ replier: Replier, _ settings: CompatibilitySettings) {
        self.replier = replier
        self.settings = settings
    }

    var routes: [Route] {
        [Route("POST", "/v1/responses", .scope(.infer), generates: true) { try respond($0) }]
    }

    private func respond(_ exchange: Route.Exchange) throws {
        let fields = try OpenAIFields(exchange.request.body)
        let key = try fields.model(settings, for: exchange.caller)
        let wanted = try Wanted(fields)
        var request = ReplyRequest(
            modelKey: key, prompts: [.conversation(wanted.conversation)],
            arrival: exchange.writer.record.arrival)
        request.names = ReplyRequest.FieldNames(prompt: "input", length: "max_output_tokens")
        request.options = wanted.options
        request.caller = exchange.caller?.hash
        let shape = ResponseShape(
            id: "resp_\(try SecureRandom.identifier())",
            itemID: "msg_\(try SecureRandom.identifier())", model: key,
            created: Int(Date().timeIntervalSince1970), wanted: wanted)
        let sinks =
            try fields.stream().isOn
            ? StreamedReply(exchange.writer, ResponseEvents(shape).format).sinks
            : WholeReply(exchange.writer) { .json(shape.whole($0[0].text, $0[0].ending)) }.sinks
        replier.reply(to: request, for: exchange.writer, into: sinks)
    }

    /// What a request asks for.
    struct Wanted: Sendable {
        let conversation: ReplyRequest.Conversation
        let options: ReplyOptions
        let instructions: String?

        /// - Throws: `APIError` 400.
        init(_ request: OpenAIFields) throws(APIError) {
            let fields = request.fields
            var input = fields.value("input")
            if let text = input?.string {
                input = [["role": "user", "content": .string(text)]]
            }
            if fields.value("previous_response_id") != nil {
                throw .invalid(
                    "previous_response_id",
                    "responses are not kept here; send the whole conversation as input")
            }
            if let tool = fields.value("tool_choice"), tool.string != "auto", tool.string != "none"
            {
                throw .invalid("tool_choice", "these models call no tools; leave it out")
            }
            instructions = try fields.string("instructions")
            var conversation = try ReplyRequest.Conversation(openAI: input, "input")
            conversation.system = [instructions ?? "", conversation.system]
                .filter { !$0.isEmpty }.joined(separator: "\n")
            self.conversation = conversation
            var options = try request.options(lengths: ["max_output_tokens"])
            let truncation = try fields.string("truncation") ?? "disabled"
            guard ["auto", "disabled"].contains(truncation) else {
                throw .invalid("truncation", "truncation may be \"auto\" or \"disabled\"")
            }
            if truncation == "auto" { options.truncate = true }
            options.keepsAll = !options.truncate
            if let kind = fields.value("text")?["format"]?["type"], kind.string != "text" {
                throw .invalid("text", "text.format may be text; these models know no other")
            }
            self.options = options
        }
    }
}
