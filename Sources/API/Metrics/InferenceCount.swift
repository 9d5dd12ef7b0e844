import Synchronization

/// How often each model was asked, and which was asked last.
final class InferenceCount: Sendable {
    private struct State {
        var counts = FiguresByModel(0)
        var latest: String?
    }

    private let state = Mutex(State())

    func count(_ key: String) {
        state.withLock {
            $0.counts.update(key) { $0 += 1 }
            $0.latest = key
        }
    }

    subscript(key: String) -> Int { state.withLock { $0.counts[key] ?? 0 } }

    /// The model asked last; nil before the first request.
    var latest: String? { state.withLock { $0.latest } }
}
