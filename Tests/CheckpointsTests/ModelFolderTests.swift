import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct ModelFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func make(_ names: String...) throws {
        for name in names { try folder.write("x", to: name) }
    }

    private func resolve(_ model: String?, _ restoreFrom: String? = nil) throws -> ModelFolder {
        try ModelFolder.resolve(
            modelName: model, restoreFrom: restoreFrom, relativeTo: folder.path)
    }

    private func found(_ names: String...) throws -> String? {
        try make(names)
        return try CheckpointFinder.find(folder.path("run")).map { Path.name(of: $0.path) }
    }

    private func make(_ names: [String]) throws {
        for name in names { try folder.write("x", to: "run/" + name) }
    }

    // MARK: The model's folder

    @Test func findsOpenAIsLayoutUnderTheOldNameToo() throws {
        try make(
            "models/124M/hparams.json", "models/124M/encoder.json", "models/124M/vocab.bpe",
            "models/124M/model.ckpt.index", "models/124M/model.ckpt.data-00000-of-00001",
            "models/124M/model.ckpt.meta")
        try folder.write(
            "model_checkpoint_path: \"model.ckpt\"\nall_model_checkpoint_paths: \"model.ckpt\"\n",
            to: "models/124M/checkpoint")
        for name in ["117M", "124M", "models/124M", folder.path("models/124M")] {
            let model = try resolve(name)
            #expect(model.configuration == folder.path("models/124M/hparams.json"))
            #expect(model.vocabulary.encoder == folder.path("models/124M/encoder.json"))
            #expect(model.vocabulary.merges == folder.path("models/124M/vocab.bpe"))
            #expect(model.checkpoint?.path == folder.path("models/124M/model.ckpt.index"))
        }
    }

    @Test func findsHuggingFacesLayout() throws {
        try make(
            "gpt2/config.json", "gpt2/vocab.json", "gpt2/merges.txt", "gpt2/model.safetensors",
            "gpt2/tf_model.h5", "gpt2/pytorch_model.bin")
        let model = try resolve("gpt2")
        #expect(model.configuration == folder.path("gpt2/config.json"))
        #expect(model.vocabulary.merges == folder.path("gpt2/merges.txt"))
        #expect(try model.requireCheckpoint().path == folder.path("gpt2/model.safetensors"))
    }

    @Test func takesFromTheRunWhatItHasAndTheRestFromTheModel() throws {
        try make(
            "models/355M/hparams.json", "models/355M/encoder.json", "models/355M/vocab.bpe",
            "models/355M/model.safetensors", "checkpoint/run1/hparams.json",
            "checkpoint/run1/model-500.hdf5", "checkpoint/run1/vocab.bpe")
        let model = try resolve("345M", "checkpoint/run1")
        #expect(model.configuration == folder.path("checkpoint/run1/hparams.json"))
        // Half a vocabulary is none.
        #expect(model.vocabulary.merges == folder.path("models/355M/vocab.bpe"))
        #expect(
            model.checkpoint
                == CheckpointFile(path: folder.path("checkpoint/run1/model-500.hdf5"), step: 500))
    }

    @Test func aRunThatHasEverythingNeedsNoModel() throws {
        try make("run/config.json", "run/vocab.json", "run/merges.txt", "run/model-1.safetensors")
        #expect(try resolve(nil, "run").checkpoint?.step == 1)
        #expect(try resolve("absent", "run").checkpoint?.step == 1)
    }

    @Test func everyFailureNamesWhatWasTried() throws {
        let noModel = #expect(throws: CheckpointError.self) { try resolve("117M") }
        for path in ["models/124M", "models/117M", "117M"] {
            #expect(noModel?.description.contains(folder.path(path)) == true)
        }
        try make("run/model-1.safetensors")
        let noConfiguration = #expect(throws: CheckpointError.self) { try resolve("124M", "run") }
        for path in ["run/hparams.json", "run/config.json", "models/124M/hparams.json"] {
            #expect(noConfiguration?.description.contains(folder.path(path)) == true)
        }
        try make("run/hparams.json")
        let noVocabulary = #expect(throws: CheckpointError.self) { try resolve("124M", "run") }
        for path in ["run/encoder.json", "run/merges.txt", "models/124M/vocab.bpe"] {
            #expect(noVocabulary?.description.contains(folder.path(path)) == true)
        }
        let noRun = #expect(throws: CheckpointError.self) { try resolve("124M", "run/model-7") }
        for path in ["run/model-7", "run/model-7.hdf5", "run/model-7.index"] {
            #expect(noRun?.description.contains(folder.path(path)) == true)
        }
    }

    @Test func aModelWithoutWeightsHasNoCheckpointUntilOneIsRequired() throws {
        try make("new/hparams.json", "new/encoder.json", "new/vocab.bpe")
        let model = try resolve("new")
        #expect(model.checkpoint == nil)
        let error = #expect(throws: CheckpointError.self) { try model.requireCheckpoint() }
        #expect(error?.description.contains("model.safetensors") == true)
    }

    // MARK: The checkpoint in a folder

    @Test func theHighestNumberWinsWhateverItsKind() throws {
        #expect(
            try found("model-9.hdf5", "model-100.npz", "model-20.safetensors", "counter")
                == "model-100.npz")
        #expect(try found("model-100.safetensors") == "model-100.safetensors")
        #expect(try found("model-100-3.hdf5") == "model-100-3.hdf5")
        #expect(
            try found("model-101.index", "model-101.data-00000-of-00001") == "model-101.index")
    }

    @Test func filesOfNoBytesAndBundlesWithoutDataAreSkipped() throws {
        try folder.write("", to: "run/model-300.hdf5")
        try make("run/model-400.index", "run/model-00001-of-00002.safetensors", "run/model-x.npz")
        #expect(try found("model-200.hdf5") == "model-200.hdf5")
        #expect(
            try found(".model-900.hdf5.tmp-1-a", "model-99999999999999999999.hdf5")
                == "model-200.hdf5")
    }

    @Test func theTextFileNamesOneInItsOwnFolder() throws {
        for text in ["model-a", "/somewhere/else/model-a", "../../model-a"] {
            try folder.write("model_checkpoint_path: \"\(text)\"\n", to: "run/checkpoint")
            #expect(
                try found("model-a.index", "model-a.data-00000-of-00001", "b.safetensors")
                    == "model-a.index")
        }
    }

    @Test(arguments: ["model-a", "/somewhere/else/model-a"])
    func whatTheTextFileNamesAndIsGoneIsAnError(text: String) throws {
        try folder.write("model_checkpoint_path: \"\(text)\"\n", to: "run/checkpoint")
        try folder.write("", to: "run/model-a.hdf5")
        let error = #expect(throws: CheckpointError.self) { try found("model.safetensors") }
        let description = error?.description ?? ""
        #expect(
            description.hasPrefix(
                "\(folder.path("run/checkpoint")) names the checkpoint model-a, which is gone"))
        #expect(description.contains(folder.path("run/model-a.index")))
    }

    @Test func aNamedModelIsTakenBeforeOthersAndAnIndexOfShardsToo() throws {
        #expect(
            try found("model.safetensors.index.json", "model-00001-of-00002.safetensors")
                == "model.safetensors.index.json")
        #expect(try found("model.safetensors", "adapter.safetensors") == "model.safetensors")
    }

    @Test func theOnlyCheckpointIsTakenAndTwoAreNotGuessedBetween() throws {
        #expect(try found("weights.npz", "readme.txt") == "weights.npz")
        let error = #expect(throws: CheckpointError.self) { try found("other.hdf5") }
        #expect(
            error
                == .severalCheckpoints(
                    folder: folder.path("run"), found: ["other.hdf5", "weights.npz"]))
    }

    @Test(arguments: ["pytorch_model.bin", "model.pt", "ckpt-0.npy", "model-5.npy"])
    func picklesAreRefusedWithTheWayToConvertThem(name: String) throws {
        for path in [folder.path("run"), folder.path("run/" + name)] {
            try make("run/" + name)
            let error = #expect(throws: CheckpointError.self) { try CheckpointFinder.find(path) }
            #expect(error == .pickle(path: folder.path("run/" + name)))
            let advice = try #require(error?.description)
            let stem = name.prefix { $0 != "." }
            let load = name.hasSuffix(".npy") ? "numpy.load" : "torch.load"
            #expect(advice.contains("\(load)(\"\(folder.path("run/" + name))\", "))
            #expect(advice.contains("save_file("))
            #expect(advice.contains("\"\(folder.path("run/\(stem).safetensors"))\")`."))
        }
    }

    @Test(arguments: ["model-11.npy", "model-7-1.bin"])
    func aPickleThatIsNewerThanAllElseIsRefusedByName(name: String) throws {
        let error = #expect(throws: CheckpointError.self) {
            try found("model-7.safetensors", "model-6.npy", name)
        }
        #expect(error == .pickle(path: folder.path("run/" + name)))
        // Converted as the refusal says, it is found.
        let converted = String(name.prefix { $0 != "." }) + ".safetensors"
        #expect(try found(converted) == converted)
    }

    @Test func olderAndEmptyPicklesAreInNobodysWay() throws {
        try folder.write("", to: "run/model-11.npy")
        #expect(
            try found("model-7.safetensors", "model-6.npy", "model-7.pt", "optimizer.pt")
                == "model-7.safetensors")
    }

    // MARK: One checkpoint by name

    @Test func acceptsACheckpointWithOrWithoutItsSuffix() throws {
        try make(
            "run/model-500.hdf5", "run/model-7.index", "run/model-7.data-00000-of-00001",
            "run/x.safetensors")
        for (name, file, step) in [
            ("model-500", "model-500.hdf5", 500), ("model-500.hdf5", "model-500.hdf5", 500),
            ("model-7", "model-7.index", 7), ("model-7.index", "model-7.index", 7),
            ("model-7.data-00000-of-00001", "model-7.index", 7), ("x", "x.safetensors", nil),
        ] as [(String, String, Int?)] {
            #expect(
                try CheckpointFinder.find(folder.path("run/" + name))
                    == CheckpointFile(path: folder.path("run/" + file), step: step))
        }
    }

    // MARK: Opening

    @Test func opensByContentWhateverTheName() throws {
        try folder.write(try bytes(of: checkpointFixture("weights.npz")), to: "a.safetensors")
        try folder.write(try bytes(of: checkpointFixture("mixed.safetensors")), to: "b.npz")
        #expect(try openCheckpoint(folder.path("a.safetensors")) is NPZCheckpoint)
        #expect(try openCheckpoint(folder.path("b.npz")) is SafetensorsReader)
        let shards = checkpointFixture("sharded/model.safetensors.index.json")
        #expect(try openCheckpoint(shards) is ShardedSafetensors)
    }

    @Test func refusesByContentWhatIsNoCheckpoint() throws {
        for (start, words) in [
            ([0x80, 2, 0x8A, 0x0A], "pickle"), (Array("GGUF\u{3}".utf8), "GGUF"),
            (NPYHeader.magic, "pickle"), (Array("hello, world".utf8), "no known kind"),
            ([], "no known"),
        ] as [([UInt8], String)] {
            let path = try folder.write(start, to: "x.safetensors")
            let error = #expect(throws: CheckpointError.self) { try openCheckpoint(path) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }
}
