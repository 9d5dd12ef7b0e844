import Serving
import Synchronization

/// Gathers a reply until it has ended, or until it is too late to wait for the rest.
final class AlexaReply: ReplySink {
    enum Outcome: Sendable {
        case said(String)
        case failed(APIError)
    }

    private struct State {
        var text = ""
        var isOver = false
    }

    private let state = Mutex(State())
    private let completion: @Sendable (Outcome) -> Void

    /// - Parameter completion: called once.
    init(_ completion: @escaping @Sendable (Outcome) -> Void) { self.completion = completion }

    func text(_ piece: String) { state.withLock { $0.text += piece } }

    func end(_ ending: ReplyEnding) {
        finish(isCut: ending.summary.reason != .stop, otherwise: APIError(.deadlineWhileQueued))
    }

    func fail(_ error: APIError) {
        guard take() != nil else { return }
        completion(.failed(error))
    }

    /// Ends the wait with what is there.
    func giveUp() { finish(isCut: true, otherwise: APIError(.deadlineWhileQueued)) }

    private func finish(isCut: Bool, otherwise error: APIError) {
        guard let text = take() else { return }
        let speech = AlexaSpeech.spoken(text, isCut: isCut)
        completion(speech.isEmpty ? .failed(error) : .said(speech))
    }

    /// What was said so far; nil for all but the first who asks.
    private func take() -> String? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state.text
        }
    }
}
