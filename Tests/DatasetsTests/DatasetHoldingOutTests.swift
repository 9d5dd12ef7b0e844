import Foundation
import TestSupport
import Testing
import Tokenizer

@testable import Datasets

@Suite struct DatasetHoldingOutTests {
    /// A raw shard of 0, 1, 2 and so on.
    private func dataset(
        _ count: Int, windowLength: Int = 10, order: DatasetOptions.Order = .random,
        in folder: TemporaryFolder
    ) throws -> Dataset {
        let path = try folder.write(TrainingData.raw(0..<count), to: "a.bin")
        return try Dataset.open(
            DatasetOptions(path: path, windowLength: windowLength, order: order),
            tokenizer: TrainingData.small.get(), vocabularySize: 1000)
    }

    private func tokens(of dataset: Dataset, windows count: Int) throws -> Set<Int32> {
        Set(try dataset.windows(count).flatMap { $0.inputs + $0.targets })
    }

    @Test(arguments: DatasetOptions.Order.allCases)
    func noTrainingWindowHasAHeldOutToken(order: DatasetOptions.Order) throws {
        let folder = try TemporaryFolder()
        let (training, validation) =
            try dataset(400, order: order, in: folder).holdingOut()
        #expect(training.tokenCount == 360 && validation.tokenCount == 40)
        let learned = try tokens(of: training, windows: 3000)
        let held = try tokens(of: validation, windows: 1000)
        let unused: Int32 = order == .random ? 0 : 9
        #expect(learned == Set(0..<360 - (order == .random ? 0 : 9)))
        #expect(held == Set(360..<400 - unused))
    }

    @Test func tenthThatIsLessThanAWindowIsMadeOne() throws {
        let folder = try TemporaryFolder()
        let (training, validation) = try dataset(40, in: folder).holdingOut()
        #expect(training.tokenCount == 29 && validation.tokenCount == 11)
        #expect(try validation.windows.window(5).inputs == Array(29..<39))
    }

    @Test func tooFewTokensAreAnErrorWithARemedy() throws {
        let folder = try TemporaryFolder()
        #expect(try dataset(22, in: folder).holdingOut().training.tokenCount == 11)
        for count in [21, 12, 5] {
            let dataset = try dataset(count, in: folder)
            let error = try #require(throws: DatasetError.self) { try dataset.holdingOut() }
            #expect(
                error
                    == .tooSmallToHoldOut(
                        path: folder.path("a.bin"), tokens: count, windowLength: 10))
            #expect(error.description.contains("--val_dataset"))
        }
    }

    @Test func validationWindowsDoNotDependOnTheSeedOfTheRun() throws {
        let path = fixture("tokenizer/corpus.txt").path
        let parts = try [1, 2].map { seed in
            try TrainingData.open(path) { $0.seed = seed }.holdingOut()
        }
        #expect(try parts[0].validation.windows(9) == parts[1].validation.windows(9))
        #expect(try parts[0].training.windows(9) != parts[1].training.windows(9))
        let other = try TrainingData.open(path).holdingOut(seed: 1, stream: 2)
        #expect(try other.validation.windows(9) != parts[0].validation.windows(9))
    }

    @Test func shortLastTextsDoNotLeaveValidationWithoutAWindow() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "long ", count: 40), to: "a.txt")
        try folder.write("shortly", to: "b.txt")
        let dataset = try TrainingData.open(folder.path, windowLength: 60) { $0.combine = 1 }
        #expect(dataset.tokenCount == 207)
        let (training, validation) = try dataset.holdingOut()
        #expect(training.tokenCount == 139 && validation.tokenCount == 68)
        #expect(validation.warnings.isEmpty && training.warnings == dataset.warnings)
    }

    @Test func heldOutPartOfAMaskedLogHasTargets() throws {
        let folder = try TemporaryFolder()
        let spoken = String(repeating: "0|mom|something to learn <EOM>\n", count: 30)
        let silence = String(repeating: "1|mom|nothing to learn <EOM>\n", count: 30)
        let path = try folder.write(spoken + silence, to: "chat.txt")
        let dataset = try TrainingData.open(path) { $0.maskPrompt = 0 }
        let (training, validation) = try dataset.holdingOut()
        for part in [training, validation] {
            for window in try part.windows(50) { #expect(!window.learned.isEmpty) }
        }
    }
}
