import Chat
import JSON

/// Answers with the models of a running server, which remembers what was said and makes the prompt.
final class ServerPartner: ChatPartner {
    private let address: ServerAddress
    private let key: ServerKey?
    private let variable: String
    private(set) var models: [String] = []

    let takesBack = false

    /// Longer than any reply takes: a person stops what takes too long.
    private static let patience = Duration.seconds(86_400)

    /// Asks the server for its models.
    ///
    /// - Parameters:
    ///   - address: the server's.
    ///   - key: what to show it; nil for nothing.
    ///   - variable: where the key was looked for.
    /// - Throws: `ClientError` or `ChatMistake` where it does not say them.
    init(_ address: ServerAddress, key: ServerKey?, from variable: String) throws {
        self.address = address
        self.key = key
        self.variable = variable
        let answer = try send(
            ServerRequest(method: "GET", path: "/models/list", key: key?.value), hasEvents: false)
        guard answer.status == 200 else { throw refusal(answer) }
        let list = try? JSONParser.parse(answer.body)["models"]?.array
        guard let list else {
            throw ClientError.malformed("no list of models; see that --url is dixie's server")
        }
        // Whoever answers there may send what a terminal would obey.
        models = list.compactMap { $0["model_key"]?.string }.filter(ChatSessions.Key.isIdentifier)
    }

    /// Only the server knows.
    func audiences(of model: String) -> ChatAudiences { ChatAudiences() }

    /// As nearly all models have it; which it is, only the server knows.
    func personaSide(of model: String) -> Int { 0 }

    /// The server loads its models itself.
    func prepare(_ model: String) {}

    func reply(
        to request: ChatRequest, stop: StopButton, write: (String) throws -> Void
    ) throws -> ChatReply {
        var text = ""
        var isWhole = false
        do {
            let answer = try send(
                ServerRequest(
                    method: "POST", path: "/invocations", key: key?.value,
                    body: Self.body(of: request)),
                hasEvents: true, stop: stop
            ) { data in
                guard !data.elementsEqual("[DONE]".utf8) else { return }
                let event = try JSONParser.parse(Array(data))
                if let failure = event["error"] {
                    throw ChatMistake("the server could not go on: \(Self.message(of: failure))")
                }
                if let piece = event["text"]?.string, !piece.isEmpty {
                    text += piece
                    try write(piece)
                }
                if event["finish_reason"]?.string != nil { isWhole = true }
            }
            guard answer.status == 200 else { throw refusal(answer) }
        } catch is ClientError where stop.isPressed {
            return ChatReply(text: text, isWhole: isWhole)
        }
        guard isWhole else { throw ClientError.closedEarly }
        return ChatReply(text: text, isWhole: true)
    }

    private static func body(of request: ChatRequest) -> [UInt8] {
        var members = [
            JSONMember("model_key", .string(request.model)),
            JSONMember("message", .string(request.message)),
            JSONMember("session_id", .string(request.session)),
            JSONMember("stream", true), JSONMember("format", "json"),
        ]
        if let audience = request.audience {
            members.append(JSONMember("audience", .string(audience)))
        }
        for (name, value) in request.settings.values {
            if let value { members.append(JSONMember(name, value)) }
        }
        return JSONValue.object(members).serializedBytes
    }

    /// Asks, and reads the whole answer.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - hasEvents: whether the answer comes in events.
    ///   - stop: ends it.
    ///   - take: gets the data of each event.
    /// - Returns: the answer, read.
    /// - Throws: `ClientError`, what `take` throws.
    private func send(
        _ request: ServerRequest, hasEvents: Bool, stop: StopButton? = nil,
        _ take: (ArraySlice<UInt8>) throws -> Void = { _ in }
    ) throws -> ResponseStream {
        let socket = try ClientSocket(to: address, until: .now + Self.patience)
        stop?.arm { socket.stop() }
        try socket.send(request.bytes(to: address))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var answer = ResponseStream(hasEvents: hasEvents)
        while !answer.isWhole {
            let bytes = try socket.receive(into: &buffer)
            guard !bytes.isEmpty else {
                try answer.finish()
                break
            }
            for event in try answer.receive(bytes) { try take(event) }
        }
        return answer
    }

    private func refusal(_ answer: ResponseStream) -> ChatMistake {
        if answer.status == 401 {
            return ChatMistake(
                "the server asks for a key that it knows, and \(variable) "
                    + "\(key == nil ? "is not set" : "holds another"); set it to the key, or name "
                    + "another variable with --key_env")
        }
        let body = try? JSONParser.parse(answer.body)
        let reason = body?["error"].map { ": \(Self.message(of: $0))" } ?? ""
        return ChatMistake("the server answered \(answer.status)\(reason)")
    }

    /// The sentence in an error as the server writes it.
    private static func message(of error: JSONValue) -> String {
        shown(error["message"]?.string ?? "without saying why")
    }
}
