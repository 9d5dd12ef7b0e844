import HTTP
import JSON

/// What a skill answers, in Alexa's words.
struct AlexaAnswer: Sendable {
    var speech: String
    /// What is said when the user then says nothing; without it, the session is over.
    var reprompt: String?
    /// What is remembered of the session.
    var conversation: AlexaConversation

    var response: HTTPResponse {
        var members = [JSONMember("outputSpeech", Self.plainText(speech))]
        if let reprompt {
            members.append(JSONMember("reprompt", ["outputSpeech": Self.plainText(reprompt)]))
        }
        members.append(JSONMember("shouldEndSession", .bool(reprompt == nil)))
        return Self.response(
            .object(members), attributes: reprompt == nil ? [:] : conversation.attributes)
    }

    /// For requests to which nothing may be said.
    static let silence = response([:], attributes: [:])

    /// Whether an intent would be answered: no promise, no side effect.
    static func canFulfill(_ intent: AlexaIntent) -> HTTPResponse {
        let slots = intent.slots.map { slot in
            let isHeard: JSONValue = intent.isAnswerable && slot.words != nil ? "YES" : "NO"
            return JSONMember(slot.name, ["canUnderstand": isHeard, "canFulfill": isHeard])
        }
        return response(
            [
                "canFulfillIntent": [
                    "canFulfill": intent.isAnswerable ? "YES" : "NO", "slots": .object(slots),
                ]
            ], attributes: [:])
    }

    private static func plainText(_ text: String) -> JSONValue {
        ["type": "PlainText", "text": .string(text)]
    }

    private static func response(_ response: JSONValue, attributes: JSONValue) -> HTTPResponse {
        let body: JSONValue = [
            "version": "1.0", "sessionAttributes": attributes, "response": response,
        ]
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json;charset=UTF-8"],
            body: body.serializedBytes)
    }
}
