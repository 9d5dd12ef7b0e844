import TestSupport
import Testing
import Tokenizer

@testable import Datasets

/// Data sets of which only one side is learned.
@Suite struct DatasetMaskTests {
    private let log =
        "1|mom|Hi! <EOM>\n0|mom|Hello. <EOM>\n1|mom|Bye. <EOM>\n0|mom|So soon? <EOM>\n"

    @Test func onlyThePersonasWordsAreLearned() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(log, to: "chat.txt")
        let tokenizer = try TrainingData.bytes.get()
        let dataset = try TrainingData.open(path, windowLength: log.utf8.count - 1) {
            $0.maskPrompt = 0
        }
        let window = try dataset.windows.window(0)
        #expect(window.inputs == tokenizer.encode(log).dropLast())
        #expect(
            try tokenizer.decodeText(window.learned) == "Hello. <EOM>\nSo soon? <EOM>\n")
    }

    @Test func everyWindowHasATarget() throws {
        let folder = try TemporaryFolder()
        let silence = String(repeating: "1|mom|and then, and then <EOM>\n", count: 40)
        let path = try folder.write(silence + "0|mom|Oh <EOM>\n" + silence, to: "chat.txt")
        for order in DatasetOptions.Order.allCases {
            let dataset = try TrainingData.open(path) {
                $0.maskPrompt = 0
                $0.order = order
            }
            for window in try dataset.windows(40) { #expect(!window.learned.isEmpty) }
        }
    }

    @Test func filesOfAFolderAreMaskedEachAndTheMarkBetweenThemIsNot() throws {
        let folder = try TemporaryFolder()
        try folder.write("1|a|x <EOM>\n0|a|é <EOM>\n", to: "1.txt")
        try folder.write("0|b|two <EOM>\n", to: "2.txt")
        try folder.write("", to: "3.txt")
        let tokenizer = try TrainingData.bytes.get()
        let dataset = try TrainingData.open(folder.path, windowLength: 200) { $0.maskPrompt = 0 }
        let learned = try dataset.windows.window(0).learned
        #expect(try tokenizer.decodeText(learned) == "é <EOM>\ntwo <EOM>\n")
    }

    @Test(arguments: ["utf-8.txt", "table.csv", "chunks.npz", "stream.bin"])
    func otherDataIsAnError(name: String) throws {
        let path = TrainingData.path(name)
        #expect(throws: DatasetError.notChatLog(path: path)) {
            try TrainingData.open(path) { $0.maskPrompt = 0 }
        }
    }

    @Test func brokenLinesAreAnErrorOrAWarning() throws {
        let folder = try TemporaryFolder()
        let broken = String(repeating: log, count: 25) + "who said this?\n0|mom|no end\n" + log
        let path = try folder.write(broken, to: "chat.txt")
        let error = try #require(throws: DatasetError.self) {
            try TrainingData.open(path) { $0.maskPrompt = 0 }
        }
        #expect(error == .brokenTurns(path: path, count: 2, lines: [101, 102]))
        let dataset = try TrainingData.open(path)
        #expect(dataset.tokenCount == broken.utf8.count)
        #expect(dataset.warnings.count == 1)
        for text in [error.description, dataset.warnings[0]] {
            for part in ["2 lines", "101, 102", "dixie dataset check \(path)"] {
                #expect(text.contains(part))
            }
        }
    }

    @Test func sideThatSaysNothingIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("1|mom|Hello? <EOM>\n", to: "chat.txt")
        #expect(throws: DatasetError.nothingToLearn(path: path, side: 0)) {
            try TrainingData.open(path) { $0.maskPrompt = 0 }
        }
        #expect(throws: DatasetError.outOfRange(option: "the side to learn", value: 2, 0...1)) {
            try TrainingData.open(path) { $0.maskPrompt = 2 }
        }
    }
}
