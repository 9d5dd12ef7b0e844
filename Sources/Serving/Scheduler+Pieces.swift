extension Scheduler {
    /// What one sequence runs in a pass.
    public struct Piece: Sendable, Equatable {
        public let sequence: SequenceID
        /// How many of its tokens, at least one.
        public let tokens: Int
    }
}

extension Scheduler.Turn {
    /// The pieces of the pass: a token for each sequence that has begun its reply, and for the others
    /// fair shares of the tokens of prompts that a pass may have.
    ///
    /// - Parameter prompts: how much of its prompt each sequence that has not begun would run now; 0
    ///   for one that waits for another to run it.
    /// - Returns: the pieces, oldest sequence first; none for who waits or gets no share.
    public func pieces(prompts: [Scheduler.SequenceID: Int]) -> [Scheduler.Piece] {
        let reading = running.filter { prompts[$0] != nil }
        let shares = Self.fairShares(of: promptTokens, among: reading.map { prompts[$0] ?? 0 })
        let share = Dictionary(uniqueKeysWithValues: zip(reading, shares))
        return running.compactMap { sequence in
            let tokens = share[sequence] ?? 1
            return tokens > 0 ? Scheduler.Piece(sequence: sequence, tokens: tokens) : nil
        }
    }

    /// Max-min fair shares: whoever needs no more than an equal share gets all of it, and the others
    /// have equal shares of what is left. So a short prompt never waits behind a long one, and a
    /// long one never stands still.
    ///
    /// - Parameters:
    ///   - budget: what there is.
    ///   - needs: how much each could use, oldest first; who is older gets what cannot be divided.
    /// - Returns: what each gets.
    static func fairShares(of budget: Int, among needs: [Int]) -> [Int] {
        var shares = [Int](repeating: 0, count: needs.count)
        var left = budget
        var open = needs.indices.sorted { needs[$0] > needs[$1] }
        while let least = open.last, needs[least] <= left / open.count {
            shares[least] = needs[least]
            left -= needs[least]
            open.removeLast()
        }
        for (place, index) in open.sorted().enumerated() {
            shares[index] = left / open.count + (place < left % open.count ? 1 : 0)
        }
        return shares
    }
}
