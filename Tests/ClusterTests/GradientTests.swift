import Testing

/// Several ranks compute what one process computes.
@Suite(.serialized, .enabled(if: Job.isPossible, "\(Job.obstacle ?? "")"))
struct GradientTests {
    /// How a step of eight windows is shared out.
    struct Share: Sendable, CustomStringConvertible {
        let ranks: Int
        let batch: Int
        let passes: Int
        var description: String { "\(ranks) ranks, \(passes) passes of \(batch)" }
        var flags: [String] { ["--batch_size", "\(batch)", "--accumulate_gradients", "\(passes)"] }
    }

    /// Dropout, noise and a mask that leaves each rank another number of targets.
    @Test(arguments: [
        Share(ranks: 2, batch: 4, passes: 1), Share(ranks: 4, batch: 2, passes: 1),
        Share(ranks: 2, batch: 2, passes: 2),
    ])
    func theGradientsAreThoseOfOneProcess(share: Share) throws {
        let flags =
            Job.flags() + ["--dropout", "0.1", "--noise", "0.05", "--mask_prompt"]
        try expectTheSame(share, flags: flags)
    }

    /// More than one message's worth of gradients, of which some wait for others to come.
    @Test func aModelOfSeveralMessagesHasTheSameGradients() throws {
        try expectTheSame(
            Share(ranks: 2, batch: 4, passes: 1), flags: Job.flags(width: 512, layers: 4))
    }

    private func expectTheSame(_ share: Share, flags: [String]) throws {
        let job = try Job()
        let one = Share(ranks: 0, batch: 8, passes: 1)
        func weights(_ name: String, _ share: Share, rate: Double) throws -> [Float] {
            let step = ["--optimizer", "sgd", "--learning_rate", "\(rate)", "--steps", "1"]
            let ending = try job.run(
                ranks: share.ranks, flags + share.flags + step + ["--run_name", name])
            try #require(ending.status == 0, "\(ending.errors)")
            return try job.weights(of: name)
        }
        // So fast that what a step adds is far larger than the weights, and is not rounded away.
        let rate = 1000.0
        let start = try weights("start", one, rate: 0)
        let ours = try weights("one", one, rate: rate)
        let theirs = try weights("ranks", share, rate: rate)
        #expect(ours.count == start.count && theirs.count == start.count)
        var largest: Float = 0
        var difference: Float = 0
        for index in start.indices {
            largest = max(largest, abs(start[index] - ours[index]))
            difference = max(difference, abs(theirs[index] - ours[index]))
        }
        #expect(largest > 1, "the step changed nothing")
        #expect(difference <= 1e-5 * largest, "\(difference) of \(largest)")
    }
}
