import Compute
import GPT2

/// Spares prompts what has been computed before: by earlier sequences of the same caller, or by those
/// that run beside them.
///
/// What is shared is copied, since caches belong to one sequence each, and copying a token takes a
/// hundredth of the time of running it. The copy has the bits that running would give. A sequence that
/// has ended gives up its cache itself, where a copy would be no smaller. Belongs to the engine's
/// thread.
struct PrefixSharing {
    private var cache: PrefixCache<KVCache>
    private let isOn: Bool

    /// Fewer tokens than this are run anew: to keep or to wait for them costs more than they do.
    static let worthwhile = 16

    /// - Parameter byteLimit: what is kept of sequences that have ended; 0 turns all sharing off.
    init(byteLimit: Int) {
        cache = PrefixCache(byteLimit: byteLimit, slack: Self.worthwhile)
        isOn = byteLimit > 0
    }

    /// The bytes of what is kept.
    var byteCount: Int { cache.byteCount }

    /// Gives each prompt the longest beginning that is there already, except for its last token,
    /// which has to be run for its logits.
    ///
    /// - Parameters:
    ///   - running: all sequences of a turn, oldest first, with caches.
    ///   - pool: shares out the copying.
    /// - Returns: the sequences that should wait in this pass, since an older one is about to run
    ///   what they would.
    mutating func share(
        among running: [ActiveSequence], on pool: ThreadPool
    ) -> Set<Scheduler.SequenceID> {
        var waiting: Set<Scheduler.SequenceID> = []
        guard isOn else { return waiting }
        for (index, sequence) in running.enumerated()
        where sequence.promptTokensLeft > Self.worthwhile {
            let scope = sequence.scope
            extend(
                sequence, from: running.filter { $0 !== sequence && $0.scope == scope }, on: pool)
            let older = running[..<index].filter { !$0.hasBegun && $0.scope == scope }
            // Whoever is older waits for nobody younger, so the oldest of them goes on; and it goes
            // on no slower for having others wait.
            let isAhead = older.contains {
                commonPrefixLength(sequence.sharablePrompt, $0.request.prompt[...])
                    - sequence.position >= Self.worthwhile
            }
            if isAhead { waiting.insert(sequence.id) }
        }
        return waiting
    }

    private mutating func extend(
        _ sequence: ActiveSequence, from others: [ActiveSequence], on pool: ThreadPool
    ) {
        var least = sequence.position + Self.worthwhile
        var best: (length: Int, memory: KVCache)?
        for other in others {
            let length = commonPrefixLength(sequence.sharablePrompt, other.computed)
            guard length >= least, let memory = other.cache else { continue }
            best = (length, memory)
            least = length + 1
        }
        best =
            cache.longestMatch(sequence.sharablePrompt, in: sequence.scope, atLeast: least) ?? best
        if let best { sequence.adopt(best.length, from: best.memory, on: pool) }
    }

    /// Keeps what was computed for a sequence that has ended.
    ///
    /// - Parameters:
    ///   - sequence: finished or cancelled, at whatever point; its cache is no longer its own.
    ///   - pool: shares out the copying.
    mutating func keep(_ sequence: ActiveSequence, on pool: ThreadPool) {
        let (tokens, scope) = (sequence.computed, sequence.scope)
        guard isOn, let own = sequence.giveUpCache() else { return }
        let byteCount = Self.paged(
            KVCache.byteCount(
                sequence.version.model.hyperparameters, capacity: own.count, format: own.format))
        // Without memory for a copy the next prompt is computed anew, and nothing else is lost.
        _ = try? cache.insert(tokens, byteCount: byteCount, in: scope) {
            Self.paged(own.byteCount) == byteCount ? own : try KVCache(copying: own, on: pool)
        }
    }

    /// Lets go of what was computed with a version.
    mutating func forget(_ version: Scheduler.ModelID) { cache.removeAll(of: version) }

    /// Caches lie on pages of 2 MiB of their own.
    private static func paged(_ byteCount: Int) -> Int {
        let page = 2 << 20
        return (byteCount + page - 1) / page * page
    }
}

extension ActiveSequence {
    /// With whom it may share.
    var scope: PrefixCache<KVCache>.Scope {
        PrefixCache.Scope(version: version.number, tenant: request.tenant)
    }

    /// The prompt as far as it need not be run.
    fileprivate var sharablePrompt: ArraySlice<Int32> {
        request.scoresPrompt ? [] : request.prompt.dropLast()
    }
}
