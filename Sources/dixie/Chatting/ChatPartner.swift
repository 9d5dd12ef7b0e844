/// Who answers in a chat: models in this process, or those of a server.
protocol ChatPartner: AnyObject {
    /// The keys of the models, in order.
    var models: [String] { get }
    /// Whether an exchange can be taken back that has others before it.
    var takesBack: Bool { get }

    /// Whom a model may take somebody for.
    func audiences(of model: String) -> ChatAudiences
    /// The side on which a model speaks.
    func personaSide(of model: String) -> Int

    /// Makes sure that a model can answer.
    ///
    /// - Parameter model: one of `models`.
    /// - Throws: why it cannot.
    func prepare(_ model: String) throws

    /// Makes one reply.
    ///
    /// - Parameters:
    ///   - request: what is said, and what was said before.
    ///   - stop: ends it.
    ///   - write: gets each piece as it is made.
    /// - Returns: the reply as it was written.
    /// - Throws: what `write` throws, and why there is no reply.
    func reply(
        to request: ChatRequest, stop: StopButton, write: (String) throws -> Void
    ) throws -> ChatReply
}

/// Whom a model may take somebody for.
struct ChatAudiences: Equatable {
    /// Those it was given; none where nobody here knows.
    var names: [String] = []
    /// Where nothing is said; nil where nobody here knows.
    var usual: String?
}

/// A message and its answer.
struct ChatExchange: Equatable {
    let message: String
    let reply: String
}

/// What is said to a model.
struct ChatRequest {
    let model: String
    /// Nil leaves it to who answers.
    let audience: String?
    /// What a server knows the chat by.
    let session: String
    /// What was said before, oldest first.
    let exchanges: [ChatExchange]
    let message: String
    let settings: ChatSettings
}

/// What a model answered.
struct ChatReply: Equatable {
    let text: String
    /// Not, where it was stopped from outside.
    let isWhole: Bool
}
