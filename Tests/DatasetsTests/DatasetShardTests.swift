import Checkpoints
import Foundation
import TestSupport
import Testing
import Tokenizer

@testable import Datasets

/// Data sets of nanoGPT's token shards.
@Suite struct DatasetShardTests {
    private func open(
        _ path: String, windowLength: Int = 10, vocabularySize: Int = 1000,
        order: DatasetOptions.Order? = nil
    ) throws -> Dataset {
        try Dataset.open(
            DatasetOptions(path: path, windowLength: windowLength, order: order),
            tokenizer: TrainingData.small.get(), vocabularySize: vocabularySize)
    }

    @Test func rawShardIsReadInSequenceAndRoundAgain() throws {
        let stream = try TrainingData.stream()
        let dataset = try open(TrainingData.path("stream.bin"))
        #expect(dataset.tokenCount == 100)
        // Nine windows of ten have a target each; the last nine tokens come to none.
        for index in 0..<20 {
            let start = index % 9 * 10
            let window = try dataset.windows.window(index)
            #expect(window.inputs == Array(stream[start..<start + 10]))
            #expect(window.targets == Array(stream[start + 1...start + 10]))
        }
    }

    @Test func shardsOfAFolderAreOneStreamAndTheValidationShardIsApart() throws {
        let stream = try TrainingData.stream()
        let folder = try TemporaryFolder()
        for part in ["val_000000", "train_000001", "train_000002"] {
            let name = "shard_\(part).npy"
            try FileManager.default.copyItem(
                atPath: TrainingData.path(name), toPath: folder.path(name))
        }
        let dataset = try open(folder.path, windowLength: 16)
        #expect(dataset.tokenCount == 80)
        #expect(dataset.summary.contains("2 token shards"))
        // The third crosses from one file to the other.
        let crossing = try dataset.windows.window(2)
        #expect(crossing.inputs == Array(stream[52..<68]))
        let (training, validation) = try dataset.holdingOut()
        #expect(training.tokenCount == 80 && validation.tokenCount == 20)
        #expect(try validation.windows.window(3).inputs == Array(stream[..<16]))
        #expect(try open(folder.path("*val*"), windowLength: 16).tokenCount == 20)
    }

    @Test func orderCanBeChosen() throws {
        let dataset = try open(TrainingData.path("stream.bin"), order: .random)
        let stream = try TrainingData.stream()
        var starts: Set<Int> = []
        for window in try dataset.windows(1500) {
            let start = (0..<90).first { Array(stream[$0..<$0 + 10]) == window.inputs }
            starts.insert(try #require(start))
        }
        #expect(starts == Set(0..<90))
    }

    @Test func idsBeyondTheVocabularyAreFoundOnOpening() throws {
        let stream = try TrainingData.stream()
        let most = try #require(stream.max())
        let path = TrainingData.path("stream.bin")
        #expect(
            throws: DatasetError.tokenOutOfRange(
                path: path, place: try #require(stream.firstIndex(of: most)), id: Int(most),
                vocabularySize: Int(most))
        ) { try open(path, vocabularySize: Int(most)) }
        #expect(try open(path, vocabularySize: Int(most) + 1).tokenCount == 100)
    }

    @Test func shardThatIsWrittenToMeanwhileIsAnErrorAndNoWrongToken() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(TrainingData.raw(0..<100), to: "a.bin")
        let dataset = try open(path)
        _ = try dataset.windows.window(0)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 10)
        try handle.close()
        #expect(throws: DatasetError.file(.changedWhileReading(path: path))) {
            try dataset.windows.window(0)
        }
    }

    @Test func arrayOfOtherWholeNumbersIsAShardToo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        try NPYArray(.int32(Array(0..<50))).write(to: path)
        #expect(try open(path).windows.window(1).targets == Array(11...20))
        try NPYArray(.float32([1, 2, 3])).write(to: path)
        #expect(throws: DatasetError.notTokens(path: path, array: nil, type: .float32)) {
            try open(path)
        }
        try NPYArray(.int16([1, -2, 3])).write(to: path)
        #expect(
            throws: DatasetError.tokenOutOfRange(
                path: path, place: 1, id: -2, vocabularySize: 1000)
        ) { try open(path) }
    }

    @Test func headerOfMoreThanMemoryHoldsIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        try NPYArray(.uint8([1, 2, 3])).write(to: path)
        let offset = try NPYFile(path: path).offset
        // A file of holes takes no room on the disk.
        let count = NPZReader.defaultMaximumByteCount
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(offset))
        let shape = Array("(3,), }".utf8)
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: shape) })
        let longer = Array("(\(count),), }".utf8)
        bytes.replaceSubrange(place..<place + longer.count, with: longer)
        try folder.write(bytes, to: "a.npy")
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: UInt64(offset + count))
        try handle.close()
        #expect(
            throws: DatasetError.tooLarge(path: path, bytes: offset + count, limit: count)
        ) { try open(path) }
    }

    @Test func largeVocabularyTakesEveryIdOfSixteenBits() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(TrainingData.raw([65535, 0, 50256, 1]), to: "a.bin")
        let dataset = try open(path, windowLength: 3, vocabularySize: 100_000)
        #expect(try dataset.windows.window(0).inputs == [65535, 0, 50256])
        let list = try TokenList([99_999], vocabularySize: 100_000, path: path)
        #expect(list == .wide([99_999]))
    }

    @Test func oddLengthIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 0, 2], to: "a.bin")
        #expect(throws: DatasetError.oddLength(path: path, bytes: 3)) { try open(path) }
    }

    @Test func fileThatIsNoArrayIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("no array", to: "a.npy")
        #expect(throws: DatasetError.self) { try open(path) }
    }

    @Test func shardsAmongTextsAreAnErrorWithAPattern() throws {
        let folder = try TemporaryFolder()
        try folder.write(TrainingData.raw(0..<100), to: "train.bin")
        try folder.write("text", to: "input.txt")
        let error = try #require(throws: DatasetError.self) { try open(folder.path) }
        #expect(error.description.contains("'\(folder.path)/*.bin'"))
        #expect(try open(folder.path("*.bin")).tokenCount == 100)
    }

    @Test(
        arguments: [
            ("a/fineweb_val_000000.npy", true), ("val.bin", true), ("validation_1.bin", true),
            ("fineweb_train_000001.npy", false), ("train.bin", false), ("values.bin", false),
            ("my_val_data_train_000001.npy", false), ("val/000001.bin", false),
        ])
    func nameSaysWhetherAShardIsForValidation(path: String, isValidation: Bool) {
        #expect(FileKind.isValidation(path) == isValidation)
    }
}
