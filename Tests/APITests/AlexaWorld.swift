import Crypto
import Foundation
import JSON
import Synchronization
import TestSupport

@testable import API

/// What a skill sees of the world in tests: a bucket of certificates, a root of its own, a clock that
/// stands still; and requests to it, signed as Alexa signs them.
final class AlexaWorld: Sendable {
    /// The clock's beginning, some time in 2026.
    static let start = Date(timeIntervalSince1970: 1_780_000_000)
    static let skill = "amzn1.ask.skill.a-test"
    static let place = "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"

    private struct State {
        var files: [String: [UInt8]] = [:]
        var fetched: [String] = []
        var now = AlexaWorld.start
    }

    private let state: Mutex<State>
    let signer: TestSigner

    init() throws {
        var state = State()
        state.files[Self.place] = try Self.pem("good", "intermediate")
        self.state = Mutex(state)
        signer = try TestSigner(fixture("alexa/leaf.key").path)
    }

    struct NoSuchFile: Error {}

    var surroundings: AlexaSurroundings {
        AlexaSurroundings(
            fetch: { [self] address, _ in
                let place = "https://\(AlexaCertificateAddress.host)\(address.path)"
                let bytes = state.withLock { state in
                    state.fetched.append(place)
                    return state.files[place]
                }
                guard let bytes else { throw NoSuchFile() }
                return bytes
            },
            roots: { try .of(pem: AlexaWorld.pem("root")) },
            now: { [self] in state.withLock { $0.now } })
    }

    static func pem(_ names: String...) throws -> [UInt8] {
        try names.flatMap { Array(try Data(contentsOf: fixture("alexa/\($0).pem"))) }
    }

    func put(_ bytes: [UInt8]?, at address: String = AlexaWorld.place) {
        state.withLock { $0.files[address] = bytes }
    }

    func wait(seconds: Double) { state.withLock { $0.now += seconds } }

    /// The addresses that were fetched, in order.
    var fetched: [String] { state.withLock { $0.fetched } }

    func server(
        models: String = LiveServer.redAndBlue, _ rest: String = "", patience: Duration? = nil
    ) throws -> LiveServer {
        var surroundings = surroundings
        if let patience { surroundings.patience = patience }
        return try LiveServer(
            models: models, top: #""alexa": {"skill_id": "\#(Self.skill)"\#(rest)},"#,
            alexa: surroundings)
    }

    // MARK: Requests

    /// What a request is made of; each part may be wrong.
    struct Request: Sendable {
        var type = "LaunchRequest"
        /// Further members of `request`, each with a comma before it.
        var fields = ""
        var timestamp: String? = AlexaWorld.stamp(after: 0)
        var contextSkill: String? = AlexaWorld.skill
        var sessionSkill: String? = AlexaWorld.skill
        /// JSON.
        var attributes = "{}"
        var hasSession = true
        var user = "amzn1.ask.account.SOMEBODY"

        var body: String {
            func application(_ id: String?) -> String {
                id.map { #""application": {"applicationId": "\#($0)"},"# } ?? ""
            }
            let session = """
                "session": {"new": false, "sessionId": "amzn1.echo-api.session.1",
                  \(application(sessionSkill)) "attributes": \(attributes),
                  "user": {"userId": "\(user)"}},
                """
            let time = timestamp.map { #""timestamp": "\#($0)","# } ?? ""
            return """
                {"version": "1.0", \(hasSession ? session : "")
                 "context": {"System": {\(application(contextSkill))
                   "user": {"userId": "\(user)"}, "device": {"deviceId": "d",
                   "supportedInterfaces": {}}, "apiEndpoint": "https://api.amazonalexa.com",
                   "something": {"new": [1, 2.5, null]}}},
                 "request": {"type": "\(type)", "requestId": "amzn1.echo-api.request.1", \(time)
                   "locale": "en-US"\(fields)}}
                """
        }
    }

    /// As Alexa writes the time, so many seconds from the clock's beginning.
    static func stamp(after seconds: Double) -> String {
        (start + seconds).formatted(.iso8601)
    }

    /// The header fields that belong to a body.
    func headers(for body: [UInt8], at address: String = AlexaWorld.place) throws -> String {
        let signature = Data(try signer.sign(body)).base64EncodedString()
        return "SignatureCertChainUrl: \(address)¶Signature-256: \(signature)¶Signature: AAAA¶"
    }

    func send(_ request: Request, to server: LiveServer) async throws -> ReceivedResponse {
        let body = Array(request.body.utf8)
        return try await server.post("/alexa", body, headers: try headers(for: body))
    }

    /// An intent; `slots` are names and values.
    static func intent(_ name: String, _ slots: [(String, String?)] = []) -> Request {
        var request = Request(type: "IntentRequest")
        let members = slots.map { name, value in
            JSONMember(
                name,
                .object(
                    [JSONMember("name", .string(name)), JSONMember("confirmationStatus", "NONE")]
                        + (value.map { [JSONMember("value", .string($0))] } ?? [])))
        }
        let intent: JSONValue = [
            "name": .string(name), "confirmationStatus": "NONE", "slots": .object(members),
        ]
        request.fields = #", "dialogState": "STARTED", "intent": \#(intent.serialized)"#
        return request
    }
}

/// What is looked at in an answer.
extension ReceivedResponse {
    var speech: String? { get throws { try json["response"]?["outputSpeech"]?["text"]?.string } }

    var reprompt: String? {
        get throws { try json["response"]?["reprompt"]?["outputSpeech"]?["text"]?.string }
    }

    var endsSession: Bool? { get throws { try json["response"]?["shouldEndSession"]?.bool } }

    var turns: [String]? {
        get throws { try json["sessionAttributes"]?["turns"]?.array?.compactMap(\.string) }
    }
}
