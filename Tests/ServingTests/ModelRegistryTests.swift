import Checkpoints
import Compute
import Foundation
import GPT2
import Synchronization
import TestSupport
import Testing
import Tokenizer

@testable import Serving

@Suite struct ModelRegistryTests {
    typealias Registry = ModelRegistry<Int>

    let folder: TinyFolders

    init() throws { folder = try TinyFolders() }

    @discardableResult
    func write(_ name: String, seed: UInt64) throws -> ModelFolder {
        try folder.write(name, seed: seed)
    }

    func writeWeights(to path: String, seed: UInt64, where isIn: (String) -> Bool) throws {
        try folder.writeWeights(to: path, seed: seed, where: isIn)
    }

    func specification(
        _ key: String, _ folder: ModelFolder, profile: Int = 0, preload: Bool = false
    ) -> Registry.Specification {
        .init(key: key, folder: folder, profile: profile, preload: preload)
    }

    // MARK: - Asking

    @Test func aModelIsLoadedWhenFirstAskedAndOnlyOnce() throws {
        let registry = Registry([specification("a", try write("a", seed: 1), profile: 7)])
        #expect(registry.keys == ["a"])
        #expect(registry.profile("a") == 7 && registry.profile("b") == nil)
        #expect(registry.statuses.map { $0.version == nil } == [true])
        let served = try registry.acquireAndWait("a")
        #expect(served.profile == 7 && served.key == "a")
        #expect(try registry.acquireAndWait("a").version === served.version)
        #expect(registry.statuses.first?.version?.number == served.version.number)
    }

    /// A trainer saves a checkpoint and deletes an older one between the configuration's reading and
    /// the first request.
    @Test func theNewestCheckpointIsLoadedWhenItIsAsked() throws {
        let model = try write("a", seed: 1)
        let path = model.checkpointFolder
        try writeWeights(to: path + "/model-1.safetensors", seed: 1) { _ in true }
        let run = try ModelFolder.resolve(modelName: nil, restoreFrom: path)
        let one = try ModelFolder.resolve(
            modelName: nil, restoreFrom: path + "/model-1.safetensors")
        let registry = Registry([specification("a", run), specification("one", one)])
        try writeWeights(to: path + "/model-2.safetensors", seed: 2) { _ in true }
        try FileManager.default.removeItem(atPath: path + "/model-1.safetensors")
        let served = try registry.acquireAndWait("a")
        #expect(served.version.path.hasSuffix("model-2.safetensors"))
        #expect(throws: ServingError.self) { try registry.acquireAndWait("one") }
        // Its source is known, so that reading the same again loads nothing.
        let again = try ModelFolder.resolve(modelName: nil, restoreFrom: path)
        let change = try registry.replaceAll([specification("a", again)])
        #expect(change.swapped.isEmpty)
        #expect(try registry.acquireAndWait("a").version === served.version)
    }

    @Test func anUnknownKeyIsAnError() {
        let registry = Registry([])
        #expect(throws: ServingError.unknownModel("x")) { try registry.acquireAndWait("x") }
    }

    @Test func allWhoAskDuringALoadGetTheOneVersion() throws {
        let registry = Registry([specification("a", try write("a", seed: 1))])
        let versions = Mutex<[UInt64]>([])
        DispatchQueue.concurrentPerform(iterations: 40) { _ in
            do {
                let number = try registry.acquireAndWait("a").version.number
                versions.withLock { $0.append(number) }
            } catch {
                Issue.record(error)
            }
        }
        #expect(versions.withLock { $0.count } == 40)
        #expect(Set(versions.withLock { $0 }).count == 1)
    }

    @Test func aFailedLoadIsReportedAndTriedAgain() throws {
        let model = try write("a", seed: 1)
        let path = folder.path("a/model.safetensors")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try folder.write(whole.prefix(100), to: "a/model.safetensors")
        let registry = Registry([specification("a", model)])
        for _ in 0..<2 {
            do {
                _ = try registry.acquireAndWait("a")
                Issue.record("half a file was loaded")
            } catch ServingError.loadFailed(let key, let reason) {
                #expect(key == "a" && reason.contains(path))
            }
        }
        try folder.write(whole, to: "a/model.safetensors")
        #expect(try registry.acquireAndWait("a").key == "a")
    }

    // MARK: - Changing

    @Test func onlyModelsWhoseFilesHaveChangedAreLoadedAnew() throws {
        let (a, b, c) = (
            try write("a", seed: 1), try write("b", seed: 2), try write("c", seed: 3)
        )
        let registry = Registry([
            specification("a", a), specification("b", b), specification("c", c),
        ])
        let (oldA, oldB) = (try registry.acquireAndWait("a"), try registry.acquireAndWait("b"))
        try write("b", seed: 9)
        let change = try registry.replaceAll([
            specification("b", b, profile: 2), specification("a", a, profile: 1),
            specification("d", try write("d", seed: 4)),
        ])
        #expect(
            change
                == .init(added: ["d"], removed: ["c"], swapped: ["b"], updated: ["a"]))
        #expect(registry.keys == ["b", "a", "d"])
        let newA = try registry.acquireAndWait("a")
        #expect(newA.version === oldA.version && newA.profile == 1)
        let newB = try registry.acquireAndWait("b")
        #expect(newB.version.name != oldB.version.name && newB.profile == 2)
        #expect(throws: ServingError.unknownModel("c")) { try registry.acquireAndWait("c") }
        // Nobody has asked for it.
        #expect(registry.statuses.last?.version == nil)
    }

    @Test func aModelThatIsToBePreloadedIsLoadedByTheChange() throws {
        let model = try write("a", seed: 1)
        let registry = Registry([specification("a", model)])
        let change = try registry.replaceAll([
            specification("a", model, preload: true),
            specification("b", try write("b", seed: 2), preload: true),
        ])
        #expect(change.updated == ["a"] && change.added == ["b"])
        #expect(registry.statuses.allSatisfy { $0.version != nil })
    }

    @Test func aChangeThatFailsChangesNothing() throws {
        let (a, b) = (try write("a", seed: 1), try write("b", seed: 2))
        let registry = Registry([
            specification("a", a, profile: 1), specification("b", b, profile: 1),
        ])
        let (oldA, oldB) = (try registry.acquireAndWait("a"), try registry.acquireAndWait("b"))
        try write("a", seed: 3)
        try folder.write("not a checkpoint", to: "b/model.safetensors")
        do {
            _ = try registry.replaceAll([
                specification("a", a, profile: 2), specification("b", b, profile: 2),
            ])
            Issue.record("a broken model was swapped in")
        } catch ServingError.loadFailed(let key, _) {
            #expect(key == "b")
        }
        #expect(registry.statuses.map(\.profile) == [1, 1])
        #expect(try registry.acquireAndWait("a").version === oldA.version)
        #expect(try registry.acquireAndWait("b").version === oldB.version)
    }

    @Test func anOldVersionLivesUntilItsLastUserLetsGo() throws {
        let model = try write("a", seed: 1)
        let registry = Registry([specification("a", model)])
        weak var old: ModelVersion?
        do {
            let served = try registry.acquireAndWait("a")
            old = served.version
            try write("a", seed: 2)
            _ = try registry.replaceAll([specification("a", model)])
            #expect(old != nil)
            #expect(try registry.acquireAndWait("a").version !== served.version)
        }
        #expect(old == nil)
    }

    /// Law 3: what is acquired is one version with its own profile, whatever is swapped meanwhile.
    @Test func duringFiftySwapsEveryoneGetsAConsistentPair() throws {
        let models = [try write("even", seed: 1), try write("odd", seed: 2)]
        let names = try models.map { try ModelLoader(.nowhere).load($0).name }
        #expect(names[0] != names[1])
        let registry = Registry([specification("a", models[0], profile: 0)])
        let isDone = Atomic<Bool>(false)
        let seen = Mutex<[Int: Int]>([:])
        let readers = DispatchGroup()
        for _ in 0..<3 {
            readers.enter()
            // Threads of their own: those of Dispatch and of Swift's tasks are as few as the cores,
            // and other tests may hold them all.
            Thread.detachNewThread {
                defer { readers.leave() }
                while !isDone.load(ordering: .relaxed) {
                    do {
                        let served = try registry.acquireAndWait("a")
                        guard served.version.name == names[served.profile] else {
                            Issue.record("a version came with another's profile")
                            return
                        }
                        seen.withLock { $0[served.profile, default: 0] += 1 }
                    } catch {
                        Issue.record(error)
                        return
                    }
                }
            }
        }
        defer {
            isDone.store(true, ordering: .relaxed)
            readers.wait()
        }
        // Fifty, and more where the readers have been kept from running until then.
        var swap = 0
        while swap < 50 || seen.withLock({ $0.count }) < 2 {
            swap += 1
            let parity = swap % 2
            let change = try registry.replaceAll([
                specification("a", models[parity], profile: parity)
            ])
            #expect(change.swapped == ["a"])
            #expect(try registry.acquireAndWait("a").version.name == names[parity])
        }
    }

    // MARK: - What counts as changed

    @Test func aFileOverwrittenInPlaceIsSeenAsChangedThoughItsTimeWasKept() throws {
        let model = try write("a", seed: 1)
        let path = folder.path("a/model.safetensors")
        let before = ModelSource(model)
        #expect(ModelSource(model) == before)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let date = try #require(attributes[.modificationDate] as? Date)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        let kept = ModelSource(model)

        try writeWeights(to: folder.path("other.safetensors"), seed: 2) { _ in true }
        let other = try Data(contentsOf: URL(fileURLWithPath: folder.path("other.safetensors")))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: other)
        try file.close()
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        #expect(ModelSource(model) != kept)
    }

    @Test(arguments: ["hparams.json", "encoder.json", "vocab.bpe", "model.safetensors"])
    func aNewFileInThePlaceOfAnyIsSeenAsChanged(name: String) throws {
        let model = try write("a", seed: 1)
        let before = ModelSource(model)
        let path = folder.path("a/" + name)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.write(to: URL(fileURLWithPath: path + ".new"))
        #expect(rename(path + ".new", path) == 0)
        #expect(ModelSource(model) != before)
    }

    @Test func aNewPartOfAShardedModelIsSeenAsChanged() throws {
        let plain = try write("a", seed: 1)
        let isFirst = { (name: String) in name.hasPrefix("w") }
        let path = folder.path("a")
        let shards = ["model-00001-of-00002.safetensors", "rest.safetensors"]
        try writeWeights(to: path + "/" + shards[0], seed: 1, where: isFirst)
        try writeWeights(to: path + "/" + shards[1], seed: 1) { !isFirst($0) }
        let names = try SafetensorsReader(path: plain.requireCheckpoint().path).tensors.map(\.name)
        let map = names.map { #""\#($0)": "\#(shards[isFirst($0) ? 0 : 1])""# }
        try folder.write(
            #"{"weight_map": {\#(map.joined(separator: ","))}}"#,
            to: "a/model.safetensors.index.json")
        try FileManager.default.removeItem(atPath: path + "/model.safetensors")
        let model = try ModelFolder.resolve(modelName: nil, restoreFrom: path)

        let registry = Registry([specification("a", model)])
        let old = try registry.acquireAndWait("a")
        #expect(try registry.replaceAll([specification("a", model)]).updated == ["a"])
        try writeWeights(to: path + "/" + shards[1], seed: 2) { !isFirst($0) }
        #expect(try registry.replaceAll([specification("a", model)]).swapped == ["a"])
        #expect(try registry.acquireAndWait("a").version !== old.version)
    }
}
