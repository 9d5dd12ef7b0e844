import JSON

extension ReplyRequest.Conversation {
    /// Reads OpenAI's `messages`: user and assistant take turns, system and developer go before all.
    ///
    /// - Parameters:
    ///   - value: the list.
    ///   - name: what the request calls it.
    /// - Throws: `APIError` 400.
    init(openAI value: JSONValue?, _ name: String) throws(APIError) {
        guard let list = value?.array, !list.isEmpty, list.count <= Self.mostMessages else {
            throw .invalid(
                name, "\(name) should be a list of 1 to \(Self.mostMessages) messages")
        }
        var system: [String] = []
        messages = []
        for (index, message) in list.enumerated() {
            let place = "\(name)[\(index)]"
            guard message.object != nil else {
                throw .invalid(place, "\(place) is \(message.kind); it should be an object")
            }
            let fields = RequestFields(message)
            let role = try fields.string("role")
            let text = try Self.text(fields.value("content"), of: role, "\(place).content")
            switch role {
            case "user": messages.append(Message(isPersonas: false, text: text))
            case "assistant": messages.append(Message(isPersonas: true, text: text))
            case "system", "developer": system.append(text)
            case nil:
                throw .invalid("\(place).role", "\(place) has no role")
            default:
                throw .invalid(
                    "\(place).role",
                    "\(place).role may be \"user\", \"assistant\", \"system\" or \"developer\"; "
                        + "these models call no tools")
            }
        }
        guard !messages.isEmpty else {
            throw .invalid(name, "\(name) has no message of the user to answer")
        }
        self.system = system.joined(separator: "\n")
    }

    /// A string, or a list of parts that are texts. An assistant's may be missing.
    private static func text(
        _ value: JSONValue?, of role: String?, _ place: String
    ) throws(APIError) -> String {
        guard let value else {
            guard role == nil || role == "assistant" else {
                throw .invalid(place, "\(place) is missing; send a string")
            }
            return ""
        }
        if let text = value.string { return text }
        guard let parts = value.array else {
            throw .invalid(place, "\(place) is \(value.kind); it should be a string")
        }
        var texts: [String] = []
        for part in parts {
            guard let text = part["text"]?.string else {
                throw .invalid(place, "\(place) has a part that is no text; send text only")
            }
            texts.append(text)
        }
        return texts.joined()
    }

    private static let mostMessages = 4096
}
