import Checkpoints
import Foundation
import TestSupport
import Testing
import Tokenizer

@testable import Datasets

@Suite struct ShardWriterTests {
    private func writer(
        _ folder: String, length: Int, _ format: ShardWriter.Format = .npy
    ) throws -> ShardWriter {
        try ShardWriter(
            folder: folder, length: length, format: format, tokenizer: TrainingData.bytes.get())
    }

    private func names(_ shards: [ShardWriter.Shard]) -> [String] {
        shards.map { URL(fileURLWithPath: $0.path).lastPathComponent }
    }

    @Test func textsAreCutWhereShardsAreFullAndEachFollowsAnEnd() throws {
        let folder = try TemporaryFolder()
        let end = try #require(try TrainingData.bytes.get().endOfText)
        var writer = try writer(folder.path("web"), length: 4)
        for ids in [[1, 2, 3], [4, 5], [], [6, 7, 8, 9, 10]] as [[TokenID]] { try writer.add(ids) }
        let shards = try writer.finish()
        #expect(
            names(shards) == [
                "web_val_000000.npy", "web_train_000001.npy", "web_train_000002.npy",
                "web_train_000003.npy",
            ])
        let all = try shards.flatMap { shard in
            let array = try NPYArray(path: shard.path)
            #expect(array.elements.type == .uint16)
            #expect(array.shape == [shard.tokenCount])
            return array.integers ?? []
        }
        let e = Int(end)
        #expect(all == [e, 1, 2, 3, e, 4, 5, e, 6, 7, 8, 9, 10])
        #expect(shards.map(\.tokenCount) == [4, 4, 4, 1])
    }

    @Test func whatFitsIntoOneShardIsStillTwo() throws {
        let folder = try TemporaryFolder()
        var writer = try writer(folder.path, length: 1000, .bin)
        try writer.add([TokenID](1...99))
        let shards = try writer.finish()
        #expect(shards.map(\.tokenCount) == [10, 90])
        let first = try Data(contentsOf: URL(fileURLWithPath: shards[0].path))
        #expect(Array(first) == TrainingData.raw([256, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    }

    /// A run that is killed leaves what it has written under hidden names.
    @Test func aSetThatWasBrokenOffIsNotLearnedFromAndIsWrittenAnew() throws {
        let folder = try TemporaryFolder()
        let place = folder.path("web")
        let tokenizer = try TrainingData.bytes.get()
        func open() throws -> Dataset {
            try Dataset.open(
                DatasetOptions(path: place, windowLength: 4), tokenizer: tokenizer,
                vocabularySize: tokenizer.vocabularyCount)
        }
        func contents() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: place).sorted()
        }
        do {
            var killed = try writer(place, length: 10)
            try killed.add([TokenID](repeating: 7, count: 35))
            #expect(throws: DatasetError.folderInUse(place)) { try writer(place, length: 10) }
        }
        let hidden = [
            ".web_train_000001.npy.new", ".web_train_000002.npy.new", ".web_val_000000.npy.new",
        ]
        #expect(try contents() == hidden)
        // Killed between the names: the one for validation comes last.
        for name in ["web_train_000001.npy", "web_train_000002.npy"] {
            try FileManager.default.copyItem(
                atPath: "\(place)/.\(name).new", toPath: "\(place)/\(name)")
        }
        #expect(throws: DatasetError.shardsUnfinished(folder: place, shard: hidden[0])) {
            try open()
        }
        #expect(
            throws: DatasetError.shardsThere(folder: place, shard: "web_train_000001.npy")
        ) { _ = try writer(place, length: 10) }
        for name in ["web_train_000001.npy", "web_train_000002.npy"] {
            try FileManager.default.removeItem(atPath: "\(place)/\(name)")
        }
        var again = try writer(place, length: 20)
        try again.add([TokenID](repeating: 7, count: 35))
        again.discard()
        #expect(try contents() == [])
    }

    @Test func aWholeSetIsLearnedFrom() throws {
        let folder = try TemporaryFolder()
        let tokenizer = try TrainingData.bytes.get()
        var writer = try writer(folder.path("web"), length: 10)
        try writer.add([TokenID](repeating: 7, count: 35))
        let shards = try writer.finish()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("web"))
        #expect(names.sorted() == self.names(shards).sorted())
        let dataset = try Dataset.open(
            DatasetOptions(path: folder.path("web"), windowLength: 4), tokenizer: tokenizer,
            vocabularySize: tokenizer.vocabularyCount)
        #expect(dataset.tokenCount == 26 && dataset.validation?.tokenCount == 10)
    }

    @Test(arguments: [(4, [1, 4]), (5, [5, 1]), (9, [5, 5]), (10, [5, 5, 1])])
    func lastShardIsFullOrNotButNeverMissing(words: Int, counts: [Int]) throws {
        let folder = try TemporaryFolder()
        var writer = try writer(folder.path, length: 5)
        try writer.add([TokenID](repeating: 1, count: words))
        #expect(try writer.finish().map(\.tokenCount) == counts)
    }

    @Test(arguments: ShardWriter.Format.allCases)
    func shardsAreADatasetOfTheirTokens(format: ShardWriter.Format) throws {
        let folder = try TemporaryFolder()
        let tokenizer = try TrainingData.bytes.get()
        let text = "Sing, goddess, the anger of Peleus' son"
        var writer = try writer(folder.path, length: 16, format)
        try writer.add(tokenizer.encode(text))
        #expect(try writer.finish().count == 3)
        let dataset = try TrainingData.open(folder.path, windowLength: 20)
        #expect(
            try tokenizer.decodeText(dataset.windows.window(0).inputs)
                == text.dropFirst(15).prefix(20))
    }

    @Test func shardsThatAreThereAreNotMixedWithNewOnes() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "old_train_000009.npy")
        #expect(
            throws: DatasetError.shardsThere(folder: folder.path, shard: "old_train_000009.npy")
        ) { try writer(folder.path, length: 4) }
    }

    @Test func nothingIsAnError() throws {
        let folder = try TemporaryFolder()
        var writer = try writer(folder.path, length: 4)
        try writer.add([])
        #expect(throws: DatasetError.self) { try writer.finish() }
    }

    @Test(arguments: [0, -1, Int.max])
    func lengthThatCannotBeIsAnError(length: Int) throws {
        let folder = try TemporaryFolder()
        #expect(throws: DatasetError.shardLength(length, allowed: 1...(1 << 31))) {
            try writer(folder.path, length: length)
        }
    }

    @Test func fileInPlaceOfTheFolderIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("", to: "file")
        #expect(throws: DatasetError.self) { try writer(path, length: 4) }
    }
}
