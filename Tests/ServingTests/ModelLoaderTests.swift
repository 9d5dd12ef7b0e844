import Checkpoints
import Compute
import Foundation
import GPT2
import Synchronization
import TestSupport
import Testing
import Tokenizer

@testable import Serving

@Suite struct ModelLoaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static func size(layers: Int = 1) throws -> Hyperparameters {
        try Hyperparameters(
            vocabularySize: 257, contextLength: 8, embeddingWidth: 8, headCount: 2,
            layerCount: layers)
    }

    /// Writes a whole model; the same seed has the same weights.
    @discardableResult
    func write(
        _ name: String, seed: UInt64 = 1, layers: Int = 1, checkpoint: String = "model.safetensors"
    ) throws -> ModelFolder {
        let path = folder.path(name)
        let size = try Self.size(layers: layers)
        if !FileManager.default.fileExists(atPath: path + "/encoder.json") {
            try TinyModels.vocabulary.get().write(to: path)
        }
        try folder.write(
            size.huggingFaceConfiguration(endOfText: 256), to: name + "/config.json")
        try Weights.untrained(size, seed: seed).writeSafetensors(to: "\(path)/\(checkpoint)")
        return try resolve(name)
    }

    func resolve(_ name: String) throws -> ModelFolder {
        try ModelFolder.resolve(modelName: nil, restoreFrom: folder.path(name))
    }

    func prepared(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(name))
            .filter { $0.hasSuffix(".packed") }.sorted()
    }

    static func bytes(of version: ModelVersion) -> [UInt8] {
        version.model.weights.withBytes { Array($0) }
    }

    /// What a loader says for the log.
    final class Log: Sendable {
        private let sentences = Mutex<[String]>([])
        var all: [String] { sentences.withLock { $0 } }
        func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    }

    func load(
        _ model: ModelFolder, _ format: WeightFormat = .int8,
        _ place: PreparedWeightsPlace = .besideCheckpoint, log: Log = Log()
    ) throws -> ModelVersion {
        try ModelLoader(place, note: log.add).load(model, form: ModelForm(weights: format))
    }

    // MARK: - Prepared weights are used

    @Test(arguments: WeightFormat.allCases)
    func theSecondLoadFindsTheBytesOfTheFirst(format: WeightFormat) throws {
        let model = try write("a")
        let log = Log()
        let anew = try load(model, format, .nowhere)
        #expect(try prepared(in: "a") == [])
        let first = try load(model, format, log: log)
        #expect(try prepared(in: "a") == ["weights.\(format.rawValue).packed"])
        let second = try load(model, format, log: log)
        #expect([anew, first, second].map(\.wasPrepared) == [false, false, true])
        #expect(Self.bytes(of: second) == Self.bytes(of: anew))
        #expect(Set([anew, first, second].map(\.name)).count == 1)
        #expect(second.byteCount == anew.byteCount && second.path == anew.path)
        #expect(log.all == [])
        // Nothing that is prepared is taken for a checkpoint.
        #expect(try resolve("a") == model)
    }

    @Test func theNameIsThatOfTheWeightsInF32() throws {
        let model = try write("a")
        let source = try openCheckpoint(try model.requireCheckpoint().path)
        let name = try Weights(Self.size(), from: source).versionName()
        for _ in 0..<2 { #expect(try load(model).name == name) }
    }

    @Test func aNewerCheckpointOfAFolderReplacesWhatWasPreparedOfTheOlder() throws {
        let old = try load(try write("a", seed: 1, checkpoint: "model-1.safetensors"))
        let new = try load(try write("a", seed: 2, checkpoint: "model-2.safetensors"))
        #expect(new.name != old.name && !new.wasPrepared)
        #expect(try prepared(in: "a") == ["weights.int8.packed"])
        #expect(try load(try resolve("a")).wasPrepared)
        // A checkpoint that is asked for itself does not take the place of the folder's newest.
        let one = try resolve("a/model-1.safetensors")
        #expect(try load(one).name == old.name)
        #expect(try load(one).wasPrepared)
        #expect(try load(try resolve("a")).wasPrepared)
        #expect(
            try prepared(in: "a") == ["model-1.safetensors.int8.packed", "weights.int8.packed"])
    }

    @Test func oneFolderHoldsThoseOfAllModels() throws {
        let (a, b) = (try write("x/run", seed: 1), try write("y/run", seed: 2))
        let place = PreparedWeightsPlace.folder(folder.path("new/cache"))
        for model in [a, b] { #expect(try !load(model, .int4, place).wasPrepared) }
        let (first, second) = (try load(a, .int4, place), try load(b, .int4, place))
        #expect(first.wasPrepared && second.wasPrepared && first.name != second.name)
        let files = try prepared(in: "new/cache")
        #expect(files.count == 2)
        #expect(files.allSatisfy { $0.hasPrefix("run-") && $0.hasSuffix(".int4.packed") })
        #expect(try prepared(in: "x/run") == [])
    }

    // MARK: - and nothing else is

    @Test func whatIsOfATouchedCheckpointIsMadeAnew() throws {
        let model = try write("a")
        _ = try load(model)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)],
            ofItemAtPath: try model.requireCheckpoint().path)
        let again = try load(model)
        #expect(!again.wasPrepared)
        #expect(try load(model).wasPrepared)
    }

    @Test func otherWeightsInTheSameFileAreSeen() throws {
        let model = try write("a", seed: 1)
        let old = try load(model)
        try write("a", seed: 2)
        let new = try load(model)
        #expect(!new.wasPrepared && new.name != old.name)
        #expect(Self.bytes(of: try load(model)) == Self.bytes(of: new))
    }

    @Test func whatIsOfAnotherFormatOrSizeIsNotUsed() throws {
        let (model, other) = (try write("a"), try write("b", layers: 2))
        _ = try load(model, .int8)
        _ = try load(other, .int4)
        let wanted = folder.path("a/weights.int4.packed")
        for source in ["a/weights.int8.packed", "b/weights.int4.packed"] {
            try? FileManager.default.removeItem(atPath: wanted)
            try FileManager.default.copyItem(atPath: folder.path(source), toPath: wanted)
            #expect(try !load(model, .int4).wasPrepared)
            #expect(try load(model, .int4).wasPrepared)
        }
    }

    @Test func damageIsSaidAndMended() throws {
        let model = try write("a")
        let right = try load(model)
        let path = folder.path("a/weights.int8.packed")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for place in [0, 30, 4000, 4060, 4095, 4096, whole.count - 1] {
            var damaged = whole
            damaged[place] ^= 4
            try folder.write(damaged, to: "a/weights.int8.packed")
            let log = Log()
            let loaded = try load(model, log: log)
            #expect(!loaded.wasPrepared && Self.bytes(of: loaded) == Self.bytes(of: right))
            // In the label, and the zeros up to the digest, a flipped bit looks like another's file.
            #expect(log.all.count == (place < 4056 ? 0 : 1))
            #expect(log.all.allSatisfy { $0.contains(path) && $0.contains("made anew") })
            #expect(try load(model).wasPrepared)
        }
        for length in [0, 1, 4095, 4096, whole.count - 1] {
            try folder.write(whole.prefix(length), to: "a/weights.int8.packed")
            #expect(try !load(model).wasPrepared)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
        }
    }

    @Test func aCheckpointThatChangesWhileItIsPackedIsNotKept() throws {
        let model = try write("a", seed: 1)
        let file = try model.requireCheckpoint().path
        let loader = ModelLoader(.besideCheckpoint, note: { _ in }) { path, layout in
            let weights = try PreparedWeights(packing: path, layout)
            try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file)
            return weights
        }
        _ = try loader.load(model)
        #expect(try prepared(in: "a") == [])
    }

    // MARK: - Keeping them is not needed

    @Test func aPlaceThatCannotBeWrittenIsSaidOnce() throws {
        let model = try write("a")
        let file = try folder.write("not a folder", to: "file")
        let log = Log()
        let loader = ModelLoader(.folder(file + "/cache"), note: log.add)
        for _ in 0..<3 { #expect(try !loader.load(model).wasPrepared) }
        #expect(log.all.count == 1)
        #expect(log.all.first?.contains("cannot be kept") == true)
        // A sentence with the place and a remedy, not a system's dump.
        #expect(log.all.first?.contains(file + "/cache/") == true)
        #expect(log.all.first?.hasSuffix("who may write to the folder.") == true)
    }

    @Test func aFileThatCannotBeReplacedIsLeftAlone() throws {
        let model = try write("a")
        let path = folder.path("a/weights.f32.packed")
        try FileManager.default.createDirectory(
            atPath: path + "/mine", withIntermediateDirectories: true)
        let log = Log()
        #expect(try !load(model, .f32, log: log).wasPrepared)
        #expect(log.all.count == 2 && log.all.allSatisfy { $0.contains(path) })
        #expect(FileManager.default.fileExists(atPath: path + "/mine"))
        // Nothing half-written is left.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("a"))
        #expect(!names.contains { $0.hasPrefix(".") })
    }

    @Test func manyMayPrepareTheSameAtOnce() throws {
        let model = try write("a")
        let names = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                let version = try load(model)
                names.withLock { $0.append(version.name) }
            } catch {
                Issue.record(error)
            }
        }
        #expect(names.withLock { $0.count } == 8 && Set(names.withLock { $0 }).count == 1)
        #expect(try load(model).wasPrepared)
        #expect(try prepared(in: "a") == ["weights.int8.packed"])
    }

    // MARK: - Tokenizers

    @Test func modelsOfTheSameVocabularyShareItsTokenizer() throws {
        let (a, b) = (try write("a"), try write("b", seed: 2))
        let loader = ModelLoader(.nowhere)
        let first = try loader.load(a)
        #expect(try loader.load(b).tokenizer === first.tokenizer)
        let merges = try Data(contentsOf: URL(fileURLWithPath: b.vocabulary.merges))
        try folder.write(merges + Array("\n".utf8), to: "b/vocab.bpe")
        #expect(try loader.load(b).tokenizer !== first.tokenizer)
    }

    @Test func aTokenizerGoesWithItsLastModel() throws {
        let model = try write("a")
        let loader = ModelLoader(.nowhere)
        weak var tokenizer: BytePairTokenizer?
        do {
            let version = try loader.load(model)
            tokenizer = version.tokenizer
            #expect(tokenizer != nil)
            withExtendedLifetime(version) {}
        }
        #expect(tokenizer == nil)
    }
}
