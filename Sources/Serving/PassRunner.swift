import Compute
import GPT2

/// Runs passes; it has what the engine's thread keeps from one to the next, and belongs to that thread.
struct PassRunner {
    typealias Ending = (sequence: ActiveSequence, event: GenerationEvent)

    var prefixes: PrefixSharing
    private let pool: ThreadPool
    /// A pass of fewer tokens waits for the weights to come from memory, and guessed tokens cost little;
    /// past that each token has its price.
    private static let rowsOfMemory = 6
    private var workspaces: [Hyperparameters: Workspace] = [:]

    init(prefixes: PrefixSharing, pool: ThreadPool) {
        self.prefixes = prefixes
        self.pool = pool
    }

    /// Lets go of the scratch memory of models of a shape.
    mutating func forget(_ shape: Hyperparameters) { workspaces[shape] = nil }

    /// One pass of the running sequences of one model.
    ///
    /// - Parameters:
    ///   - turn: whose pass it is.
    ///   - sequences: those of the turn.
    /// - Returns: those that have ended or failed, and how, for the engine to tell once they are off
    ///   its books: who sees the end finds the slot free.
    mutating func run(_ turn: Scheduler.Turn, _ sequences: [ActiveSequence]) -> [Ending] {
        var endings: [Ending] = []
        func attempt<Value>(_ sequence: ActiveSequence, _ body: () throws -> Value?) -> Value? {
            do {
                return try body()
            } catch {
                endings.append((sequence, Self.failure(error)))
                return nil
            }
        }
        let ready = sequences.filter { sequence in
            attempt(sequence) { try sequence.reserveCache() } != nil
        }
        let counts = tokens(of: turn, ready)
        var room = Self.rowsOfMemory - counts.reduce(0) { $0 + $1.1 }
        let passed = counts.compactMap { sequence, count in
            attempt(sequence) {
                let piece = try sequence.nextPiece(count, guessing: room)
                room -= piece.tokens.count - count
                return (sequence: sequence, piece: piece)
            }
        }
        guard let model = passed.first?.sequence.version.model else { return endings }
        let logits: Matrix
        do {
            let workspace =
                try workspaces[model.hyperparameters] ?? Workspace(model.hyperparameters)
            workspaces[model.hyperparameters] = workspace
            logits = try model.forward(passed.map(\.piece), workspace: workspace, on: pool)
        } catch {
            return endings + passed.map { ($0.sequence, Self.failure(error)) }
        }
        var row = 0
        let drawing = passed.filter { $0.piece.logitRows > 0 }.map { sequence, piece in
            defer { row += piece.logitRows }
            return (sequence: sequence, logits: logits.rows(row..<row + piece.logitRows))
        }
        pool.run(parts: drawing.count) { drawing[$0].sequence.draw(from: drawing[$0].logits) }
        for (sequence, _) in drawing {
            if let end = attempt(sequence, { try sequence.takeDrawn() }) {
                endings.append((sequence, end))
            }
        }
        return endings
    }

    /// How many tokens each sequence runs, after what its prompt need not run has been copied.
    private mutating func tokens(
        of turn: Scheduler.Turn, _ sequences: [ActiveSequence]
    ) -> [(ActiveSequence, Int)] {
        let waiting = prefixes.share(among: sequences, on: pool)
        var prompts: [Scheduler.SequenceID: Int] = [:]
        for sequence in sequences where !sequence.hasBegun {
            prompts[sequence.id] =
                waiting.contains(sequence.id)
                ? 0 : min(sequence.promptTokensLeft, sequence.mostPromptTokens)
        }
        let byID = Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, $0) })
        return turn.pieces(prompts: prompts).compactMap { piece in
            byID[piece.sequence].map { ($0, piece.tokens) }
        }
    }

    private static func failure(_ error: any Error) -> GenerationEvent {
        .failed(.generationFailed(reason: "\(error)"))
    }
}
