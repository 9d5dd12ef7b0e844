import Configuration
import Crypto
import Dispatch
import HTTP
import Logging
import Serving
import Synchronization

/// `POST /alexa`: the endpoint of a custom skill, whose user talks with a model.
///
/// Whoever is verified is answered in time and with 200, whatever happens: an error would be read to the
/// user as a fault of the skill.
final class AlexaSkill: Sendable {
    typealias Configuration = ServerConfiguration.Alexa

    private let replier: Replier
    private let settings: CompatibilitySettings
    private let worker: WorkerQueue
    private let configuration: Mutex<Configuration?>
    private let verification: AlexaVerification
    private let patience: Duration
    private let logger: Logger

    /// How much later than its deadline a reply is given up by the clock alone: the engine looks at
    /// deadlines between two passes only, and one may be long. With `patience`, still under 7 s.
    private static let grace = Duration.milliseconds(400)

    /// - Parameters:
    ///   - replier: has replies made.
    ///   - settings: knows the models.
    ///   - worker: where requests are read.
    ///   - configuration: nil where no skill is answered.
    ///   - surroundings: what verification needs of the world.
    ///   - logger: told why a request was refused, or a reply did not come.
    init(
        _ replier: Replier, _ settings: CompatibilitySettings, worker: WorkerQueue,
        _ configuration: Configuration?, _ surroundings: AlexaSurroundings, logger: Logger
    ) {
        self.replier = replier
        self.settings = settings
        self.worker = worker
        self.configuration = Mutex(configuration)
        self.logger = logger
        verification = AlexaVerification(surroundings, logger: logger)
        patience = surroundings.patience
    }

    func replace(_ configuration: Configuration?) {
        self.configuration.withLock { $0 = configuration }
    }

    /// Not refused by its head while the models are full: that, too, is told to the user in words.
    var routes: [Route] {
        [
            Route(
                "POST", "/alexa", .open,
                isPresent: { [self] in configuration.withLock { $0 != nil } },
                refusal: { [self] in refusal($0) }
            ) { [self] in take($0) }
        ]
    }

    private func refusal(_ error: APIError) -> HTTPResponse {
        guard error.status == 429, let skill = configuration.withLock({ $0 }) else {
            return error.response
        }
        return AlexaAnswer(
            speech: skill.busy, reprompt: skill.reprompt, conversation: AlexaConversation()
        ).response
    }

    private func take(_ exchange: Route.Exchange) {
        let writer = exchange.writer
        do throws(APIError) {
            guard let skill = configuration.withLock({ $0 }) else {
                throw APIError(404, "there is nothing at this path", code: "not_found")
            }
            let request = try AlexaRequest(exchange.request.body)
            try verification.check(exchange.request, request, skillIDs: skill.skillIDs) {
                [self] reason in
                // Where certificates are fetched, nothing else is to be done.
                worker.continue { [self] in
                    if let reason { return refuse(reason, writer) }
                    answer(request, skill, writer)
                }
            }
        } catch {
            refuse(error, writer)
        }
    }

    /// Alexa's console shows none of it, so the owner finds the reason in the log.
    private func refuse(_ error: APIError, _ writer: RecordedWriter) {
        logger.notice(
            "refused a skill's request",
            metadata: ["reason": "\(error.message)", "request": "\(writer.record.requestID)"])
        writer.refuse(error)
    }

    private func answer(
        _ request: AlexaRequest, _ skill: Configuration, _ writer: RecordedWriter
    ) {
        func say(_ speech: String, forgetting: Bool = false) {
            writer.send(
                AlexaAnswer(
                    speech: speech, reprompt: skill.reprompt,
                    conversation: forgetting ? AlexaConversation() : request.conversation
                ).response)
        }
        switch request.kind {
        case .launch: say(skill.greeting)
        case .sessionEnded: writer.send(AlexaAnswer.silence)
        case .canFulfill(let intent): writer.send(AlexaAnswer.canFulfill(intent))
        case .intent(let intent):
            switch intent.meaning {
            case .stops:
                writer.send(
                    AlexaAnswer(
                        speech: skill.goodbye, reprompt: nil, conversation: AlexaConversation()
                    ).response)
            case .isLost: say(skill.help)
            case .startsOver: say(skill.greeting, forgetting: true)
            case .says(let words): reply(to: words, request, skill, writer)
            }
        // What comes without a session, such as news of a device's buttons, may not be spoken to.
        case .other:
            if request.hasSession { say(skill.help) } else { writer.send(AlexaAnswer.silence) }
        }
    }

    private func reply(
        to words: String, _ request: AlexaRequest, _ skill: Configuration,
        _ writer: RecordedWriter
    ) {
        let reply = AlexaReply { [self] outcome in
            var answer = AlexaAnswer(
                speech: skill.busy, reprompt: skill.reprompt, conversation: request.conversation)
            switch outcome {
            case .said(let text):
                answer.speech = text
                answer.conversation.add(words, text)
            case .failed(let error):
                logger.warning(
                    "a skill's user was told to try again",
                    metadata: [
                        "reason": "\(error.message)", "request": "\(writer.record.requestID)",
                    ])
            }
            writer.send(answer.response)
        }
        guard let key = skill.modelKey ?? settings.keys(for: nil).first else {
            return reply.fail(APIError(404, "there is no model", code: "model_not_found"))
        }
        var wanted = ReplyRequest(
            modelKey: key, prompts: [.conversation(request.conversation.asking(words))],
            arrival: writer.record.arrival)
        wanted.options.truncate = true
        wanted.options.deadline = patience
        // What was computed for one user tells another nothing.
        wanted.caller = request.user.flatMap { try? SHA256Digest(hashing: "alexa " + $0) }
        replier.reply(to: wanted, for: writer, into: [reply])
        let left = (wanted.arrival + patience + Self.grace - .now) / .seconds(1)
        DispatchQueue.global().asyncAfter(deadline: .now() + max(0, left)) { [weak reply] in
            reply?.giveUp()
        }
    }
}
