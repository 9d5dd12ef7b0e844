import Checkpoints
import Compute
import Foundation
import GPT2
import TestSupport
import Testing
import Training

func openedCheckpoint(_ path: String) throws -> any TensorSource { try openCheckpoint(path) }

@Suite struct RunFolderTests {
    let temporary: TemporaryFolder
    let run: SmallRun

    init() throws {
        temporary = try TemporaryFolder()
        run = SmallRun(temporary.path("run"))
    }

    @Test(arguments: OptimizerKind.allCases)
    func aRunThatWasStoppedAnywhereGoesOnAsIfItHadNot(_ kind: OptimizerKind) throws {
        var run = run
        run.settings.optimizer = kind
        run.settings.weightDecay = 0.1
        run.settings.accumulatedBatches = 2
        let whole = try run.trainer()
        for _ in 0..<7 { _ = try whole.step() }

        for stop in [1, 3, 6] {
            let trainer = try run.trainer()
            while trainer.state.step < stop { _ = try trainer.step() }
            try run.folder.save(trainer, keeping: 0)
        }
        let last = try run.trainer()
        #expect(last.state.step == 6)
        _ = try last.step()
        #expect(allFloats(last.weights) == allFloats(whole.weights))
        #expect(last.state == whole.state)
    }

    @Test func aCheckpointIsFoundByTheServersRulesAndByItsCommonName() throws {
        let trainer = try run.trainer()
        for _ in 0..<2 {
            _ = try trainer.step()
            try run.folder.save(trainer, keeping: 5)
        }
        let found = try CheckpointFinder.find(run.folder.path)
        #expect(found?.step == 2)
        let linked = try Weights(
            SmallRun.size, from: openCheckpoint(run.folder.path + "/model.safetensors"))
        #expect(allFloats(linked) == allFloats(trainer.weights))
        let counter = try String(contentsOfFile: run.folder.path + "/counter", encoding: .utf8)
        #expect(counter == "2\n")
    }

    @Test func whatWasPreparedOfADeletedCheckpointGoesToo() throws {
        let trainer = try run.trainer()
        for step in 1...2 {
            _ = try trainer.step()
            try run.folder.save(trainer, keeping: 1)
            for format in ["int8", "f32"] {
                let name = PreparedFile.path(beside: "model-\(step).safetensors", format: format)
                try temporary.write("bytes", to: "run/\(name)")
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.path)
        #expect(
            names.filter { $0.hasSuffix(".packed") }.sorted() == [
                "model-2.safetensors.f32.packed", "model-2.safetensors.int8.packed",
            ])
    }

    @Test func onlyTheNewestAreKept() throws {
        let trainer = try run.trainer()
        for _ in 0..<4 {
            _ = try trainer.step()
            try run.folder.save(trainer, keeping: 2, sparing: 1)
        }
        #expect(try run.folder.steps() == [1, 3, 4])
        let states = try FileManager.default.contentsOfDirectory(atPath: run.folder.path)
            .filter { $0.hasSuffix(".state") }.sorted()
        #expect(states == ["training-1.state", "training-3.state", "training-4.state"])
    }

    @Test func aStateWhoseModelWasNeverWrittenIsRemoved() throws {
        let trainer = try run.trainer()
        _ = try trainer.step()
        try run.folder.save(trainer, keeping: 5)
        try FileManager.default.copyItem(
            atPath: run.folder.statePath(1), toPath: run.folder.statePath(9))
        try run.folder.prepare()
        #expect(!FileManager.default.fileExists(atPath: run.folder.statePath(9)))
        #expect(FileManager.default.fileExists(atPath: run.folder.statePath(1)))
    }

    @Test func anotherOptimizersStateIsRefusedWithARemedy() throws {
        let trainer = try run.trainer()
        _ = try trainer.step()
        try run.folder.save(trainer, keeping: 5)
        var other = run
        other.settings.optimizer = .adamw
        let error = #expect(throws: TrainingError.self) { try other.trainer() }
        #expect(error?.description.contains("--optimizer adam") == true)
        #expect(error?.description.contains("training-1.state") == true)
    }

    @Test func aDamagedStateIsRefused() throws {
        let trainer = try run.trainer()
        _ = try trainer.step()
        try run.folder.save(trainer, keeping: 5)
        let path = run.folder.statePath(1)
        try SafetensorsWriter.write(
            [], to: path, metadata: [("optimizer", "adam"), ("step", "1")])
        #expect(throws: TrainingError.self) { try run.folder.state(of: 1) }
        #expect(throws: TrainingError.self) { try run.trainer() }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointError.self) { try run.folder.state(of: 1) }
    }

    @Test func withoutItsStateARunGoesOnWithTheWeights() throws {
        let trainer = try run.trainer()
        _ = try trainer.step()
        try run.folder.save(trainer, keeping: 5)
        try FileManager.default.removeItem(atPath: run.folder.statePath(1))
        #expect(try run.folder.state(of: 1) == nil)
        let again = try run.trainer()
        #expect(again.optimizer.stepCount == 0)
        #expect(allFloats(again.weights) == allFloats(trainer.weights))
    }

    @Test func twoProcessesDoNotTrainInOneFolder() throws {
        try run.folder.make()
        let lock = try RunLock(run.folder)
        #expect(throws: TrainingError.inUse(folder: run.folder.path)) { try RunLock(run.folder) }
        withExtendedLifetime(lock) {}
    }

    @Test func goingBackLeavesNoLaterCheckpoint() throws {
        let trainer = try run.trainer()
        for _ in 0..<3 {
            _ = try trainer.step()
            try run.folder.save(trainer, keeping: 5)
        }
        try run.folder.deleteCheckpoints(after: 1)
        #expect(try run.folder.steps() == [1])
        #expect(try CheckpointFinder.find(run.folder.path)?.step == 1)
        let counter = try String(contentsOfFile: run.folder.path + "/counter", encoding: .utf8)
        #expect(counter == "1\n")
    }

    @Test func goingBackBehindAnotherProgramsCheckpointDeletesNothing() throws {
        let trainer = try run.trainer()
        _ = try trainer.step()
        try run.folder.save(trainer, keeping: 5)
        let foreign = run.folder.path + "/model-1000.hdf5"
        try Data("saved by another".utf8).write(to: URL(fileURLWithPath: foreign))
        #expect(throws: TrainingError.foreignCheckpoint(path: foreign)) {
            try run.folder.deleteCheckpoints(after: -1)
        }
        #expect(try run.folder.steps() == [1])
    }
}
