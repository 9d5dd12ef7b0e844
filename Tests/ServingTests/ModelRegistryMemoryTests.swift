import Checkpoints
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Serving

/// Which models are loaded at a time.
@Suite struct ModelRegistryMemoryTests {
    typealias Registry = ModelRegistry<Int>

    let models: TinyFolders
    /// What one of the models takes.
    let size: Int

    init() throws {
        models = try TinyFolders()
        let alone = Registry([Self.specification("a", try models.write("a", seed: 1))])
        size = try alone.acquireAndWait("a").version.byteCount
    }

    static func specification(
        _ key: String, _ folder: ModelFolder, pin: Bool = false, ttl: Duration? = nil
    ) -> Registry.Specification {
        .init(
            key: key, folder: folder, profile: 0, preload: false, isPinned: pin, timeToLive: ttl)
    }

    func registry(
        _ keys: [String], room: Int, pinned: Set<String> = []
    ) throws -> Registry {
        let specifications = try keys.enumerated().map { index, key in
            Self.specification(
                key, try models.write(key, seed: UInt64(index)), pin: pinned.contains(key))
        }
        return Registry(
            specifications, budget: MemoryBudget(limit: room * size + size / 2) { nil })
    }

    func loaded(_ registry: Registry) -> [String] {
        registry.statuses.filter { $0.version != nil }.map(\.key)
    }

    @Test func theLongestUnusedMakesRoom() throws {
        let registry = try registry(["a", "b", "c"], room: 2)
        for key in ["a", "b", "a", "c"] { _ = try registry.acquireAndWait(key) }
        #expect(loaded(registry) == ["a", "c"])
        _ = try registry.acquireAndWait("b")
        #expect(loaded(registry) == ["b", "c"])
    }

    @Test func modelsUnderEverNewNamesAreNotCountedForEver() throws {
        let folder = try models.write("a", seed: 1)
        var state = Registry.State()
        for name in ["stays"] + (0..<3 * Registry.State.mostTalliesOfGone).map(String.init) {
            state.install(Self.specification(name, folder), ModelSource(folder), version: nil)
            state.tally(name) { $0.loads += 1 }
            if name != "stays" { #expect(state.remove(name) != nil) }
            // As of one that could not be loaded.
            state.tally("not \(name)") { $0.failedLoads += 1 }
        }
        #expect(state.tallies.count <= Registry.State.mostTalliesOfGone + 1)
        #expect(state.tallies["stays"]?.loads == 1)
    }

    @Test func whatIsPinnedOrUsedStays() throws {
        let registry = try registry(["a", "b", "c"], room: 2, pinned: ["a"])
        _ = try registry.acquireAndWait("a")
        let used = try registry.acquireAndWait("b")
        let error = #expect(throws: ServingError.self) { try registry.acquireAndWait("c") }
        guard case .noMemory("c", let missing) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(missing > 0 && missing <= size)
        #expect(loaded(registry) == ["a", "b"])
        withExtendedLifetime(used) {}
    }

    @Test func whatIsFinishedWithCountsUntilItsLastReplyIsThrough() throws {
        let registry = try registry(["a"], room: 1)
        var old: Registry.Served? = try registry.acquireAndWait("a")
        let new = try models.write("new", seed: 9)
        #expect(throws: ServingError.self) { try registry.swap("a", to: new) }
        #expect(try registry.acquireAndWait("a").version === old?.version)
        old = nil
        let drained = try registry.swap("a", to: new, patience: .seconds(600))
        #expect(try registry.acquireAndWait("a").version === drained.version)
    }

    @Test func aModelThatDoesNotFitIsNotLoadedAhead() throws {
        let registry = try registry(["a", "b"], room: 1)
        #expect(try registry.preload("a") != nil)
        #expect(try registry.preload("b") == nil)
        #expect(loaded(registry) == ["a"])
        _ = try registry.acquireAndWait("b")
        #expect(loaded(registry) == ["b"])
    }

    @Test func theMachinesOwnMemoryIsALimitToo() throws {
        let registry = Registry(
            [Self.specification("a", try models.write("a", seed: 1))],
            budget: MemoryBudget(limit: nil) { 1000 })
        #expect(throws: ServingError.self) { try registry.acquireAndWait("a") }
        #expect(MachineMemory.available() ?? 0 > 1 << 20)
    }

    @Test func whatIsNotAskedForItsTimeIsUnloaded() async throws {
        let gone = Mutex<[String]>([])
        let registry = Registry(
            [
                Self.specification("a", try models.write("a", seed: 1), ttl: .milliseconds(50)),
                Self.specification(
                    "b", try models.write("b", seed: 2), pin: true, ttl: .milliseconds(50)),
                Self.specification("c", try models.write("c", seed: 3)),
            ], onUnload: { keys in gone.withLock { $0 += keys } })
        for key in registry.keys { _ = try registry.acquireAndWait(key) }
        try await waitUntil { loaded(registry) == ["b", "c"] }
        #expect(gone.withLock { $0 } == ["a"])
        let again = try registry.acquireAndWait("a")
        // For as long as somebody is answered from it it stays.
        try await Task.sleep(for: .milliseconds(200))
        #expect(loaded(registry) == ["a", "b", "c"])
        withExtendedLifetime(again) {}
    }

    @Test func aSwapIsServedAtOnceAndCanBeTakenBack() throws {
        let registry = try registry(["a"], room: 9)
        let first = try registry.acquireAndWait("a").version
        let swap = try registry.swap("a", to: try models.write("new", seed: 9))
        #expect(swap.previous == first.name && swap.version.name != first.name)
        #expect(try registry.acquireAndWait("a").version === swap.version)
        let back = try registry.rollBack("a")
        #expect(back.version.name == first.name && back.previous == swap.version.name)
        #expect(try registry.rollBack("a").version.name == swap.version.name)
        #expect(throws: ServingError.unknownModel("b")) { try registry.rollBack("b") }
        #expect(throws: ServingError.nothingBefore("c")) {
            try self.registry(["c"], room: 1).rollBack("c")
        }
    }

    @Test func whatWasSwappedInAndDeletedByItsTrainerIsSucceededByItsNewest() throws {
        let registry = try registry(["a", "b"], room: 1)
        _ = try registry.swap("a", to: try models.write("new", seed: 9))
        _ = try registry.acquireAndWait("b")
        #expect(loaded(registry) == ["b"])
        try FileManager.default.removeItem(atPath: models.path("new/model.safetensors"))
        try models.writeWeights(to: models.path("new/model-5.safetensors"), seed: 9) { _ in true }
        _ = try registry.acquireAndWait("a")
        #expect(loaded(registry) == ["a"])
    }

    @Test func whereBothDoNotFitTheOneThatNobodyUsesMakesRoomForItsSuccessor() throws {
        let registry = try registry(["a"], room: 1)
        let first = try registry.acquireAndWait("a").version.name
        let new = try models.write("new", seed: 9)
        for patience in [nil, Duration.seconds(600)] {
            #expect(try registry.swap("a", to: new, patience: patience).previous == first)
            #expect(try registry.rollBack("a", patience: patience).version.name == first)
        }
    }

    @Test func aSwapThatFailsLeavesWhatWasServed() throws {
        let registry = try registry(["a"], room: 3)
        let first = try registry.acquireAndWait("a").version.name
        let bad = try models.write("bad", seed: 9)
        try Data("no checkpoint".utf8).write(
            to: URL(fileURLWithPath: models.path("bad/model.safetensors")))
        for patience in [nil, Duration.seconds(600)] {
            #expect(throws: ServingError.self) {
                try registry.swap("a", to: bad, patience: patience)
            }
            #expect(try registry.acquireAndWait("a").version.name == first)
        }
    }

    @Test func whatHasMadeRoomForASuccessorThatFailsIsServedAgain() throws {
        let gone = Mutex<[String]>([])
        let registry = Registry(
            [Self.specification("a", try models.write("a", seed: 1))],
            budget: MemoryBudget(limit: size + size / 2) { nil },
            onUnload: { keys in gone.withLock { $0 += keys } })
        let first = try registry.acquireAndWait("a").version.name
        // A trainer has saved another meanwhile, which nobody has asked for.
        try models.writeWeights(to: models.path("a/model-5.safetensors"), seed: 9) { _ in true }
        let bad = try models.write("bad", seed: 3)
        try Data("no vocabulary".utf8).write(
            to: URL(fileURLWithPath: models.path("bad/encoder.json")))
        #expect(throws: ServingError.self) { try registry.swap("a", to: bad) }
        #expect(gone.withLock { $0 } == ["a"], "it was to make room")
        #expect(registry.statuses.map(\.version?.name) == [first])
    }

    @Test func whoLooksAtAListUsesNoModel() throws {
        let registry = try registry(["a", "b"], room: 1)
        _ = try registry.acquireAndWait("a")
        let list = registry.statuses
        _ = try registry.acquireAndWait("b")
        #expect(loaded(registry) == ["b"])
        #expect(list.first?.version != nil)
    }

    @Test func whoPrimesTakesNobodysPlace() throws {
        let registry = try registry(["a"], room: 1)
        let gate = DispatchSemaphore(value: 0)
        registry.loading.async { gate.wait() }
        for _ in 0..<2 * Registry.State.mostWaiters { registry.prime("a") { _ in } }
        let served = Mutex<Result<Registry.Served, ServingError>?>(nil)
        let answered = DispatchSemaphore(value: 0)
        registry.acquire("a") { result in
            served.withLock { $0 = result }
            answered.signal()
        }
        #expect(served.withLock { $0 == nil }, "it waits for the load")
        gate.signal()
        answered.wait()
        #expect(throws: Never.self) { try served.withLock { $0 }?.get() }
    }

    @Test func aDrainWaitsForRepliesAndGivesUpInTime() throws {
        let registry = try registry(["a"], room: 3)
        let used = try registry.acquireAndWait("a")
        #expect(throws: ServingError.stillInUse("a")) {
            try registry.swap(
                "a", to: try models.write("new", seed: 9), patience: .milliseconds(20))
        }
        #expect(try registry.acquireAndWait("a").version === used.version)
    }
}

/// Waits for what happens on other threads; a broken wait ends by the test's own limit.
private func waitUntil(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while !condition() {
        try #require(ContinuousClock.now < end)
        try await Task.sleep(for: .milliseconds(5))
    }
}
