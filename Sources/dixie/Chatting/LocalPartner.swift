import Chat
import Compute
import Configuration
import Serving

/// Answers with models that this program runs itself, one of them in memory at a time, as a server
/// would.
final class LocalPartner: ChatPartner {
    private let entries: [LocalModel]
    private let loader: ModelLoader
    private let engine: Engine
    private var loaded: (key: String, version: ModelVersion)?

    let takesBack = true

    /// - Parameters:
    ///   - models: one at least, each with a key of its own.
    ///   - loader: loads them.
    ///   - threads: do the arithmetic; 0 is one a core.
    ///   - prefixCache: bytes for what was computed for the turns before.
    init(_ models: [LocalModel], loader: ModelLoader, threads: Int, prefixCache: Int) {
        entries = models
        self.loader = loader
        engine = Engine(pool: ThreadPool(threadCount: threads), prefixCache: prefixCache)
    }

    deinit { engine.stop() }

    var models: [String] { entries.map(\.profile.key) }

    func audiences(of model: String) -> ChatAudiences {
        entry(model)?.audiences ?? ChatAudiences()
    }

    func personaSide(of model: String) -> Int { entry(model)?.profile.persona.side ?? 0 }

    func prepare(_ model: String) throws { _ = try version(of: model) }

    func reply(
        to request: ChatRequest, stop: StopButton, write: (String) throws -> Void
    ) throws -> ChatReply {
        let version = try version(of: request.model)
        guard let entry = entry(request.model) else { throw Self.unknown(request.model) }
        let generation = try entry.generation(for: request, on: version)
        let queue = ReplyQueue()
        let ticket = try engine.submit(generation, on: version) { queue.put($0) }
        // Whatever ends this early: nobody waits for the rest.
        defer { ticket.cancel() }
        stop.arm { ticket.cancel() }

        let profile = entry.profile
        var sanitizer = StreamingSanitizer(
            profile.replySanitizer(isCompatible: profile.isCompatible))
        var text = ""
        func send(_ piece: String) throws {
            guard !piece.isEmpty else { return }
            text += piece
            try write(piece)
        }
        while true {
            switch queue.next() {
            case .began, .promptScores, .scores: break
            case .text(let piece):
                try send(sanitizer.append(piece))
                guard sanitizer.hasEnded else { continue }
                try send(sanitizer.finish())
                return ChatReply(text: text, isWhole: true)
            case .finished:
                try send(sanitizer.finish())
                return ChatReply(text: text, isWhole: true)
            case .failed(.cancelled):
                try send(sanitizer.finish())
                return ChatReply(text: text, isWhole: false)
            case .failed(let error): throw error
            }
        }
    }

    private func entry(_ model: String) -> LocalModel? {
        entries.first { $0.profile.key == model }
    }

    private static func unknown(_ model: String) -> ChatMistake {
        ChatMistake("there is no model \(model)")
    }

    /// The model's version, loaded now unless it is the one that was asked last.
    private func version(of model: String) throws -> ModelVersion {
        if let loaded, loaded.key == model { return loaded.version }
        guard let entry = entry(model) else { throw Self.unknown(model) }
        // Its memory may be what the other one needs.
        loaded = nil
        let version = try whileSaying("loading \(model)") {
            try loader.load(entry.folder(), form: entry.form)
        }
        loaded = (model, version)
        return version
    }
}
