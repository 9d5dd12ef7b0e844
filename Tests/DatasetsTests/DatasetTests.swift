import Checkpoints
import Foundation
import TestSupport
import Testing
import Tokenizer

@testable import Datasets

@Suite struct DatasetTests {
    private let ignored = TrainingWindow.ignored

    // MARK: - Texts

    @Test func textIsEncodedWholeAndEveryWindowIsARunOfIt() throws {
        let tokenizer = try TrainingData.small.get()
        let path = fixture("tokenizer/corpus.txt").path
        let ids = tokenizer.encode(try TextReader(encoding: .utf8).read(path))
        let dataset = try Dataset.open(
            DatasetOptions(path: path, windowLength: 16), tokenizer: tokenizer,
            vocabularySize: 1000)
        #expect(dataset.tokenCount == ids.count)
        #expect(dataset.warnings.isEmpty)
        #expect(dataset.summary.contains("\(ids.count) tokens"))
        let runs = Set((0..<ids.count - 16).map { Array(ids[$0...$0 + 16]) })
        for window in try dataset.windows(20) {
            #expect(runs.contains(window.inputs + window.targets.suffix(1)))
        }
    }

    @Test func encodingIsTheOneGiven() throws {
        let tokenizer = try TrainingData.bytes.get()
        let dataset = try TrainingData.open(TrainingData.path("cp1252.txt"), windowLength: 4) {
            $0.encoding = .windows1252
        }
        #expect(dataset.tokenCount == tokenizer.encode(try TrainingData.text("western")).count)
    }

    @Test(arguments: ["", "/*.txt", "/[ab].txt"])
    func folderAndPatternAreTheirTextsJoined(pattern: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("second", to: "b.txt")
        try folder.write("first", to: "a.txt")
        let dataset = try TrainingData.open(folder.path + pattern, windowLength: 42) {
            $0.order = .sequential
        }
        let tokenizer = try TrainingData.bytes.get()
        let ids = tokenizer.encode("first<|endoftext|>second<|endoftext|>")
        #expect(dataset.tokenCount == ids.count)
        #expect(try dataset.windows.window(0).inputs.prefix(ids.count - 1) == ids.dropLast())
    }

    @Test func windowsDoNotCrossChunks() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "a", count: 20), to: "a.txt")
        try folder.write(String(repeating: "b", count: 20), to: "b.txt")
        try folder.write("ccc", to: "c.txt")
        let dataset = try TrainingData.open(folder.path, windowLength: 19) { $0.combine = 20 }
        #expect(dataset.tokenCount == 43 + EndOfText.spelling.utf8.count)
        for window in try dataset.windows(30) { #expect(Set(window.inputs).count == 1) }
        #expect(dataset.warnings.count == 1)
        #expect(dataset.warnings[0].contains("16 of 56 tokens"))
        #expect(dataset.warnings[0].contains("--combine"))
    }

    @Test func csvIsItsColumn() throws {
        let columns = try TrainingData.columns()
        let path = TrainingData.path("table.csv")
        let chosen: [CSVColumn?] = [nil, .number(1), .name("note, if any")]
        for (index, column) in chosen.enumerated() {
            let dataset = try TrainingData.open(path) { $0.csvColumn = column }
            #expect(dataset.tokenCount == columns[index].utf8.count)
        }
    }

    @Test func pathThatIsNothingIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("*.txt")
        #expect(throws: DatasetError.vocabulary(TokenizerError(.noTexts, file: path))) {
            try TrainingData.open(path)
        }
    }

    @Test func pipeIsNoDataset() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: DatasetError.unreadable(path: path, kind: "a pipe or socket")) {
            try TrainingData.open(path)
        }
    }

    @Test(arguments: ["empty.txt", "one.txt", "header.csv", "empty.bin", "none"])
    func nothingToLearnIsAnError(name: String) throws {
        let folder = try TemporaryFolder()
        for file in ["empty.txt", "empty.bin", "none/a.txt"] { try folder.write("", to: file) }
        try folder.write("x", to: "one.txt")
        try folder.write("text\n", to: "header.csv")
        #expect(throws: DatasetError.empty(path: folder.path(name))) {
            try TrainingData.open(folder.path(name))
        }
    }

    @Test func shortTextIsPaddedWithAWarning() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("abc", to: "a.txt")
        let dataset = try TrainingData.open(path)
        let tokenizer = try TrainingData.bytes.get()
        let (ids, end) = (tokenizer.encode("abc"), try #require(tokenizer.endOfText))
        let window = try dataset.windows.window(5)
        #expect(window.inputs == ids.prefix(2) + [Int32](repeating: end, count: 6))
        #expect(window.targets == ids.suffix(2) + [Int32](repeating: ignored, count: 6))
        #expect(dataset.warnings.count == 1)
        #expect(dataset.warnings[0].contains("padded"))
    }

    @Test(arguments: [0, -1, Int.max])
    func impossibleWindowIsAnError(length: Int) throws {
        #expect(throws: DatasetError.self) {
            try TrainingData.open(TrainingData.path("utf-8.txt"), windowLength: length)
        }
    }

    @Test func tokensThatTheModelLacksAreAnError() throws {
        let path = TrainingData.path("utf-8.txt")
        let error = try #require(throws: DatasetError.self) {
            try Dataset.open(
                DatasetOptions(path: path, windowLength: 8),
                tokenizer: TrainingData.bytes.get(), vocabularySize: 40)
        }
        guard case .tokenOutOfRange(path, 0, _, 40) = error else {
            Issue.record("\(error)")
            return
        }
    }

    // MARK: - Arrays

    @Test func arraysOfAnNPZFileAreSegments() throws {
        let lists = try TrainingData.chunks()
        let dataset = try Dataset.open(
            DatasetOptions(path: TrainingData.path("chunks.npz"), windowLength: 8),
            tokenizer: TrainingData.small.get(), vocabularySize: 1000)
        #expect(dataset.tokenCount == 72)
        #expect(dataset.warnings.count == 1)
        let runs = Set(
            lists.flatMap { list in
                (0..<max(0, list.count - 8)).map { Array(list[$0...$0 + 8]) }
            })
        var seen: Set<[Int32]> = []
        for window in try dataset.windows(600) {
            seen.insert(window.inputs + window.targets.suffix(1))
        }
        #expect(seen == runs)
    }

    @Test func arraysAmongTextsAreSegmentsOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "a", count: 30), to: "a.txt")
        try NPZWriter.write(
            [
                ("arr_0", NPYArray(.int64(Array(repeating: 7, count: 9)))),
                ("arr_1", NPYArray(.uint8(Array(repeating: 8, count: 12)), shape: [3, 4])),
            ],
            to: folder.path("b.npz"), compressed: false)
        let dataset = try TrainingData.open(folder.path) { $0.combine = 30 }
        #expect(dataset.tokenCount == 51 && dataset.warnings.isEmpty)
        let windows = try dataset.windows(300)
        for window in windows { #expect(Set(window.inputs + window.targets).count == 1) }
        #expect(Set(windows.map { $0.inputs[0] }).count == 3)
    }

    @Test func arraysOfFractionsAreNoTokens() throws {
        let path = fixture("checkpoints/types.npz").path
        let error = try #require(throws: DatasetError.self) { try TrainingData.open(path) }
        guard case .notTokens(path, .some, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("dixie encode"))
    }

    @Test func idsBeyondTheVocabularyAreAnErrorWithTheirPlace() throws {
        let path = TrainingData.path("chunks.npz")
        let first = try #require(try TrainingData.chunks().first)
        let place = try #require(first.firstIndex { $0 >= 257 })
        #expect(
            throws: DatasetError.tokenOutOfRange(
                path: path, place: place, id: Int(first[place]), vocabularySize: 257)
        ) { try TrainingData.open(path) }
    }

    @Test func archiveThatIsDamagedIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("no zip", to: "a.npz")
        let error = try #require(throws: DatasetError.self) { try TrainingData.open(path) }
        guard case .file = error else {
            Issue.record("\(error)")
            return
        }
        let pickle = fixture("checkpoints/object.npz").path
        #expect(throws: DatasetError.unreadable(path: pickle, kind: "a Python pickle")) {
            try TrainingData.open(pickle)
        }
    }

    @Test func columnOfTokensIsAnError() throws {
        for name in ["chunks.npz", "stream.bin"] {
            let path = TrainingData.path(name)
            #expect(throws: DatasetError.columnOfTokens(path: path)) {
                try TrainingData.open(path) { $0.csvColumn = .number(1) }
            }
        }
    }
}
