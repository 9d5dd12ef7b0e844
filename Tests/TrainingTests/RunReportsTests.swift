import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct RunReportsTests {
    private let folder: TemporaryFolder
    private let time = Date(timeIntervalSince1970: 1_700_000_000)

    init() throws { folder = try TemporaryFolder() }

    private func open(after step: Int? = nil) throws -> RunReports {
        try RunReports(
            folder: folder.path("run1"), runName: "run1", resumingAfter: step,
            now: { [time] in time })
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path("run1/" + name), encoding: .utf8)
    }

    @Test func theLogIsTheOriginalsLine() throws {
        let line = TrainingLog.line(
            makeRecord(12), time: time, elapsed: 34.56789, delta: 0.416, scheduleStep: 11)
        #expect(
            line == "2023-11-14T22:13:20Z [12 | 34.5679 | 0.42s | 5120.500000tokens/s] "
                + "loss=2.5000 avg=2.7500 rate=0.0000200 step=11")
    }

    @Test(arguments: [0, 1, 2])
    func aValidationIsWrittenOnceWheneverItIsTold(order: Int) throws {
        let reports = try open()
        var record = makeRecord(1)
        if order == 0 { try reports.validated(step: 1, loss: 2.25) }
        if order == 2 { record.validationLoss = 2.25 }
        try reports.record(record)
        if order > 0 { try reports.validated(step: 1, loss: 2.25) }
        try reports.finish()
        let records = try LossTable.records(at: folder.path("run1/loss.csv"))
        #expect(records.map(\.validationLoss) == [2.25])
        let log = try text("train.log")
        #expect(log.components(separatedBy: "validation loss = 2.2500\n").count == 2)
        #expect(try text("loss.svg").contains("validation 2.25"))
    }

    @Test func aResumedRunGoesOnAfterItsCheckpoint() throws {
        let reports = try open()
        for step in 1...5 { try reports.record(makeRecord(step)) }
        let resumed = try open(after: 3)
        try resumed.record(makeRecord(4))
        try resumed.finish()
        let records = try LossTable.records(at: folder.path("run1/loss.csv"))
        #expect(records.map(\.step) == [1, 2, 3, 4])
        #expect(try text("loss.svg").contains("step 4 ·"))
    }

    @Test func whatCannotBeWrittenIsNamed() throws {
        try folder.write("", to: "run1")
        #expect {
            try open()
        } throws: {
            "\($0)".contains(folder.path("run1"))
        }
    }

    @Test func aFullDiskLeavesNoPartOfARow() throws {
        let file = try AppendedFile(path: "/dev/full")
        #expect(throws: ReportError.diskFull(path: "/dev/full")) { try file.append("row\n") }
    }

    @Test func theAverageIsAMeanFromTheFirstStep() {
        var average = LossAverage()
        #expect(average.value.isNaN)
        #expect(average.add(4) == 4)
        average.add(2)
        #expect(abs(average.value - (4 * 0.99 + 2) / 1.99) < 1e-12)
        #expect(average.add(.nan) == average.value)
        var resumed = LossAverage(weightedSum: average.weightedSum, weight: average.weight)
        #expect(resumed.add(1) == average.add(1))
    }
}
