import JSON
import TestSupport
import Testing

/// Chats: what a session remembers, and for whom.
struct ChatReplyTests {
    private let chatty = #", "sanitizer": "none", "persona": {"side": 0, "audience": "mom"}"#

    /// What a reply, and how long its prompt, was.
    private func say(
        _ server: LiveServer, _ message: String, session: String? = "s", model: String = "red",
        audience: String = "mom", headers: String = ""
    ) async throws -> (text: String, promptTokens: Int) {
        var fields = [
            JSONMember("model_key", .string(model)), JSONMember("message", .string(message)),
            JSONMember("audience", .string(audience)), JSONMember("length", 8),
            JSONMember("temperature", 0), JSONMember("penalize", 0), JSONMember("format", "json"),
        ]
        if let session { fields.append(JSONMember("session_id", .string(session))) }
        let response = try await server.post(
            "/invocations", JSONValue.object(fields).serialized, headers: headers)
        #expect(response.status == 200, "\(response.text)")
        let json = try response.json
        return (
            try #require(json["text"]?.string),
            try #require(json["usage"]?["prompt_tokens"]?.integer)
        )
    }

    private func server(_ top: String = "") throws -> LiveServer {
        let models = ["red", "blue"].map { LiveServer.model($0, fixture: "red", chatty) }
        return try LiveServer(models: models.joined(separator: ","), top: top)
    }

    @Test func aChatsPromptIsThePipeFormatWithTheTurnsBefore() async throws {
        let server = try server()
        let first = try await say(server, "Hi you")
        let second = try await say(server, "And now?")
        let turns =
            "1|mom|Hi you <EOM>\n0|mom|"
            + "\(first.text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmed)"
            + " <EOM>\n1|mom|And now? <EOM>\n0|mom|"
        let fields: [JSONMember] = [
            JSONMember("model_key", "red"), JSONMember("raw_text", .string(turns)),
            JSONMember("length", 8), JSONMember("temperature", 0), JSONMember("penalize", 0),
            JSONMember("format", "json"),
        ]
        let raw = try await server.post("/invocations", JSONValue.object(fields).serialized).json
        #expect(raw["usage"]?["prompt_tokens"]?.integer == second.promptTokens)
        #expect(raw["text"]?.string == second.text)
    }

    @Test func sessionsOfOthersAreOthers() async throws {
        let server = try server(#""api_keys": ["first-key-000001", "second-key-00001"],"#)
        let one = "Authorization: Bearer first-key-000001¶"
        let two = "Authorization: Bearer second-key-00001¶"
        let fresh = try await say(server, "Hi you", headers: one).promptTokens
        let known = try await say(server, "Hi you", headers: one).promptTokens
        #expect(known > fresh)
        #expect(try await say(server, "Hi you", headers: two).promptTokens == fresh)
        #expect(try await say(server, "Hi you", model: "blue", headers: one).promptTokens == fresh)
        #expect(try await say(server, "Hi you", session: "t", headers: one).promptTokens == fresh)
        #expect(try await say(server, "Hi you", session: nil, headers: one).promptTokens == fresh)
        let dad = try await say(server, "Hi you", audience: "dad", headers: one).promptTokens
        #expect(dad < known)
    }

    @Test func aLongChatGoesOnWithinTheWindow() async throws {
        let server = try server()
        for number in 0..<12 {
            let tokens = try await say(server, "This is what I say, number \(number)").promptTokens
            #expect(tokens <= 120)
        }
    }

    @Test func whatIsNoChatIsRefused() async throws {
        let server = try server()
        for (fields, param) in [
            (#""message":"a","raw_text":"b""#, "message"),
            (#""message":"a","audience":"a|b""#, "audience"),
            (#""message":"a","audience":"""#, "audience"),
            (#""message":"a","session_id":"a b""#, "session_id"),
            (#""message":"a","session_id":"""#, "session_id"),
            (#""message":"\#(String(repeating: "word ", count: 200))""#, "message"),
        ] {
            let response = try await server.post("/invocations", #"{"model_key":"red",\#(fields)}"#)
            #expect(response.status == 400 && response.param == param, "\(response.text)")
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
