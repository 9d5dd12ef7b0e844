import Foundation
import JSON
import TestSupport
import Tokenizer

@testable import Datasets

/// What the tests of data sets share.
enum TrainingData {
    /// 257 tokens: one a byte, and the end of a text.
    static let bytes = Result {
        let folder = try TemporaryFolder()
        let smallest = BytePairTrainer.allowedSizes.lowerBound
        try BytePairTrainer(vocabularySize: smallest).train().write(to: folder.path)
        return try BytePairTokenizer.load(folder: folder.path)
    }

    /// 1,000 tokens.
    static let small = Result {
        try BytePairTokenizer.load(folder: fixture("tokenizer/small").path)
    }

    /// What the Python script beside the fixtures says of them.
    private static let expected = Result {
        try JSONParser.parse(Array(Data(contentsOf: fixture("training_data/expected.json"))))
    }

    static func path(_ name: String) -> String { fixture("training_data/\(name)").path }

    /// The arrays of `chunks.npz`.
    static func chunks() throws -> [[Int32]] {
        try expected.get()["chunks"]?.array.map { $0.map(numbers) } ?? []
    }

    /// The ids of `stream.bin`, and of the three shards together.
    static func stream() throws -> [Int32] { numbers(try expected.get()["stream"]) }

    /// What is to be learned of each column of `table.csv`.
    static func columns() throws -> [String] {
        try expected.get()["columns"]?.array.map { $0.compactMap(\.string) } ?? []
    }

    static func text(_ name: String) throws -> String {
        try expected.get()["texts"]?[name]?.string ?? ""
    }

    private static func numbers(_ value: JSONValue?) -> [Int32] {
        value?.array?.compactMap { $0.integer.map(Int32.init) } ?? []
    }

    /// Ids of 16 bits as a file holds them.
    static func raw(_ ids: some Sequence<Int>) -> [UInt8] {
        ids.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// Opens a data set with the vocabulary of bytes.
    static func open(
        _ path: String, windowLength: Int = 8, change: (inout DatasetOptions) -> Void = { _ in }
    ) throws -> Dataset {
        var options = DatasetOptions(path: path, windowLength: windowLength)
        change(&options)
        let tokenizer = try bytes.get()
        return try Dataset.open(
            options, tokenizer: tokenizer, vocabularySize: tokenizer.vocabularyCount)
    }

    /// A corpus with a segment for each list.
    static func corpus(_ segments: [[Int32]], learned: [[Bool]]? = nil) throws -> TokenCorpus {
        var corpus = TokenCorpus(path: "corpus")
        for (index, ids) in segments.enumerated() {
            try corpus.addSegment(
                TokenList(ids, vocabularySize: 1000, path: "corpus"), learned: learned?[index])
        }
        return corpus
    }
}

extension Dataset {
    /// The first windows.
    func windows(_ count: Int) throws -> [TrainingWindow] {
        try (0..<count).map { try windows.window($0) }
    }
}

extension TrainingWindow {
    /// The targets that count.
    var learned: [Int32] { targets.filter { $0 != TrainingWindow.ignored } }
}
