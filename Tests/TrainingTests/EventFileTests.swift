import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct EventFileTests {
    private func write(in folder: TemporaryFolder) throws -> String {
        let file = try EventFile(
            folder: folder.path, resumingAfter: 4, host: "host", now: { 1_700_000_000.5 })
        try file.append(makeRecord(5))
        try file.append(validationLoss: 2.625, step: 5)
        try file.append(
            TrainingRecord(
                step: 300, loss: 0, averageLoss: -1.5, learningRate: 0, gradientNorm: 1e30,
                tokensPerSecond: 1))
        return file.path
    }

    @Test func bytesAreThoseOfTensorBoardsOwnEncoder() throws {
        let folder = try TemporaryFolder()
        let path = try write(in: folder)
        #expect(path == folder.path("events.out.tfevents.1700000000.host"))
        let golden = try Data(contentsOf: fixture("training_reports/resumed.tfevents"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == golden)
    }

    @Test func aSecondFileOfOneSecondHasAnotherName() throws {
        let folder = try TemporaryFolder()
        let first = try write(in: folder)
        #expect(try write(in: folder) == first + ".2")
    }
}
