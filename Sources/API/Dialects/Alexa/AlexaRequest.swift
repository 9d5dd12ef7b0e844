import Foundation
import JSON

/// One request of Alexa's, as far as anything here depends on it.
struct AlexaRequest: Sendable {
    enum Kind: Sendable {
        case launch
        case intent(AlexaIntent)
        case sessionEnded
        case canFulfill(AlexaIntent)
        /// Anything else, of which Alexa has more with every year.
        case other
    }

    let kind: Kind
    let timestamp: Date
    /// The skills it says it is for: one, said twice or once.
    let skillIDs: [String]
    /// Whether somebody listens to the answer.
    let hasSession: Bool
    /// Who speaks, as an opaque text.
    let user: String?
    let conversation: AlexaConversation

    /// A request has some kilobytes, and what a session keeps is 24 at most.
    static let mostBytes = 64 << 10

    /// - Parameter body: of the request.
    /// - Throws: `APIError` 400 for what is no request of Alexa's, 413 for what is too long for one.
    init(_ body: [UInt8]) throws(APIError) {
        guard body.count <= Self.mostBytes else {
            throw APIError(
                413, "the body is longer than \(Self.mostBytes) bytes, which no skill's request is",
                code: "body_too_large")
        }
        guard let value = try? JSONParser.parse(body), let request = value["request"],
            let type = request["type"]?.string
        else {
            throw .notAlexa(
                "the body is no JSON object with a request.type, as a skill's request is")
        }
        guard let text = request["timestamp"]?.string, let timestamp = AlexaTimestamp.date(text)
        else { throw .notAlexa("request.timestamp is missing, or is no time as Alexa writes it") }
        self.timestamp = timestamp
        kind =
            switch type {
            case "LaunchRequest": .launch
            case "IntentRequest": .intent(AlexaIntent(request["intent"]))
            case "SessionEndedRequest": .sessionEnded
            case "CanFulfillIntentRequest": .canFulfill(AlexaIntent(request["intent"]))
            default: .other
            }
        let (session, system) = (value["session"], value["context"]?["System"])
        skillIDs = [system, session].compactMap { $0?["application"]?["applicationId"]?.string }
        user = [system, session].compactMap { $0?["user"]?["userId"]?.string }.first
        hasSession = session?.object != nil
        conversation = AlexaConversation(session?["attributes"])
    }
}

extension APIError {
    /// 400 for what Alexa has not sent, or not to this skill.
    static func notAlexa(_ message: String) -> APIError {
        APIError(400, message, code: "not_from_alexa")
    }
}
