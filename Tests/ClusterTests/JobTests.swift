import Foundation
import TestSupport
import Testing

/// Training on several ranks as a person meets it.
@Suite(.serialized, .enabled(if: Job.isPossible, "\(Job.obstacle ?? "")"))
struct JobTests {
    let job: Job

    init() throws { job = try Job() }

    @Test func oneRankWritesAndSpeaksForAll() throws {
        let flags = Job.flags() + ["--steps", "4", "--save_every", "2", "--run_name"]
        let alone = try job.run(ranks: 0, flags + ["alone"])
        let ending = try job.run(ranks: 3, flags + ["together"])
        #expect(alone.status == 0 && ending.status == 0, "\(ending.errors)")
        func names(_ run: String) throws -> [String] {
            try job.names(of: run).map { $0.hasPrefix("events.") ? "events" : $0 }
        }
        #expect(try names("together") == names("alone"))
        let table = try String(
            contentsOfFile: job.folder.path("checkpoint/together/loss.csv"), encoding: .utf8)
        #expect(table.split(separator: "\n").count == 1 + 4, "\(table)")
        for sentence in ["beginning with random", "3 ranks", "saved checkpoint/together/model-2."] {
            #expect(ending.count(sentence) == 1, "\(ending.errors)")
        }
    }

    @Test(arguments: [0, 1])
    func aLostRankEndsTheJobAndAnyNumberOfRanksGoesOn(lost: Int) throws {
        let flags = Job.flags() + ["--optimizer", "adamw", "--save_every", "2"]
        // Time for the rank that is left to say so, on a slow machine too.
        let running = try job.start([.init(ranks: 2, flags: flags)], patience: 3)
        #expect(running.says("saved checkpoint/run1/model-4."))
        let process = try #require(try running.process(ofRank: lost))
        kill(process, SIGKILL)
        let ending = try running.end()
        #expect(ending.status != 0)
        #expect(ending.count("rank \(lost) was lost; start the same line again") == 1, "\(ending)")

        for ranks in [1, 2, 4] {
            let last = try #require(try newestStep())
            let again = try job.run(ranks: ranks, flags + ["--steps", "\(last + 3)"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.count("going on from step \(last)") == 1, "\(again.errors)")
            #expect(try newestStep() == last + 3)
            #expect(try job.weights(of: "run1").allSatisfy(\.isFinite))
        }
    }

    @Test(arguments: [SIGUSR1, SIGTERM])
    func whoStopsItLosesNothing(signal: Int32) throws {
        let running = try job.start([.init(ranks: 2, flags: Job.flags())])
        #expect(running.says("\nstep 1"))
        running.signal(signal)
        let ending = try running.end()
        let step = try #require(try newestStep())
        #expect(ending.count("step \(step): done") == 1, "\(ending.errors)")
        // Told to end, mpirun takes it for a failure, whatever the ranks make of it.
        if signal == SIGUSR1 { #expect(ending.status == 0) }
    }

    @Test func whatAllRanksLackIsSaidOnce() throws {
        let ending = try job.run(
            ranks: 3, Job.flags() + ["--steps", "2", "--dataset", "none.txt"])
        #expect(ending.status != 0)
        #expect(ending.count("none.txt") == 1, "\(ending.errors)")
    }

    @Test func whatOneRankLacksEndsAll() throws {
        let flags = Job.flags() + ["--steps", "2"]
        let ending = try job.start([
            .init(ranks: 1, flags: flags), .init(ranks: 1, flags: flags + ["--dataset", "none"]),
        ]).end()
        #expect(ending.status != 0)
        #expect(ending.count("none: there is no such file") == 1, "\(ending.errors)")
        #expect(try newestStep() == nil)
    }

    @Test func ranksWithOtherDataDoNotBegin() throws {
        try job.folder.write("0|mom|hello\n1|mom|what is new\n", to: "other.txt")
        let flags = Job.flags() + ["--steps", "2", "--sample_ctx", "4"]
        let ending = try job.start([
            .init(ranks: 1, flags: flags),
            .init(ranks: 1, flags: flags + ["--dataset", "other.txt"]),
        ]).end()
        #expect(ending.status != 0)
        #expect(
            ending.count("rank 1 has a dataset other than rank 0's") == 1, "\(ending.errors)")
        #expect(try newestStep() == nil)
    }

    /// A file in the way of the commands, which only rank 0 looks at, once all have begun.
    @Test func anErrorOfOneRankOnTheWayEndsAll() throws {
        try job.folder.write("", to: "commands")
        let ending = try job.run(ranks: 2, Job.flags() + ["--steps", "1000000"])
        #expect(ending.status != 0)
        #expect(ending.count("Error: rank 0: commands/") == 1, "\(ending.errors)")
    }

    private func newestStep() throws -> Int? {
        try job.names(of: "run1").compactMap { name in
            name.wholeMatch(of: /model-(\d+)\.safetensors/).flatMap { Int($0.1) }
        }.max()
    }
}
