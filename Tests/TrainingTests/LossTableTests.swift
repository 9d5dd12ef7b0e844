import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct LossTableTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("loss.csv") }
    private var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    init() throws { folder = try TemporaryFolder() }

    @Test func aRowIsInTheFileAtOnce() throws {
        let (table, _) = try LossTable.open(path: path, resumingAfter: nil)
        try table.append(makeRecord(1))
        #expect(text == LossTable.header + "\n1,2.5,2.75,2e-05,1.25,5120.5,\n")
    }

    @Test func everyNumberReadsBackAsItself() throws {
        let (table, _) = try LossTable.open(path: path, resumingAfter: nil)
        var records = (1...20).map { makeRecord($0) }
        for index in records.indices { records[index].loss = 1 / Double(index + 3) }
        records[3].validationLoss = 0.1
        records[4].gradientNorm = .infinity
        for record in records { try table.append(record) }
        #expect(try LossTable.records(at: path) == records)
    }

    @Test func resumingDropsLaterRowsAndATornLine() throws {
        try folder.write(
            LossTable.header + "\r\n1,1,1,1,1,1,\n\n 2 ,1,1,1,1,1, 3 \r\n3,1,1,1,1,1,\n4,1,1,1",
            to: "loss.csv")
        let (table, kept) = try LossTable.open(path: path, resumingAfter: 2)
        #expect(kept.map(\.step) == [1, 2])
        #expect(kept.last?.validationLoss == 3)
        try table.append(makeRecord(3))
        #expect(try LossTable.records(at: path).map(\.step) == [1, 2, 3])
    }

    @Test func aNewRunBeginsAnEmptyTable() throws {
        try folder.write("anything", to: "loss.csv")
        _ = try LossTable.open(path: path, resumingAfter: nil)
        #expect(text == LossTable.header + "\n")
    }

    @Test(arguments: [
        ("2,1,1,1,1,1", "the row has 6 fields"), ("2,one,1,1,1,1,", "\"loss\" is not a number"),
        ("x,1,1,1,1,1,", "\"step\" is not a whole number"), ("1,1,1,1,1,1,", "below step 1"),
    ])
    func aBrokenRowIsNamedByItsLine(row: String, fault: String) throws {
        try folder.write("\(LossTable.header)\n1,1,1,1,1,1,\n\(row)\n", to: "loss.csv")
        let error = try #require(throws: ReportError.self) {
            try LossTable.open(path: path, resumingAfter: 9)
        }
        #expect(error.description.hasPrefix("\(path), line 3: "))
        #expect(error.description.contains(fault))
        #expect(error.description.contains("delete the line"))
    }

    @Test func anotherHeaderIsRefused() throws {
        try folder.write("step,loss\n", to: "loss.csv")
        #expect(throws: ReportError.wrongHeader(path: path, header: LossTable.header)) {
            try LossTable.records(at: path)
        }
    }

    @Test func theLastRowTakesItsValidationOnce() throws {
        let (table, _) = try LossTable.open(path: path, resumingAfter: nil)
        try table.append(makeRecord(1))
        #expect(try table.fillIn(validationLoss: 2.25, of: 1))
        #expect(try !table.fillIn(validationLoss: 9, of: 1))
        try table.append(makeRecord(2))
        #expect(try LossTable.records(at: path).map(\.validationLoss) == [2.25, nil])
    }
}

func makeRecord(_ step: Int) -> TrainingRecord {
    TrainingRecord(
        step: step, loss: 2.5, averageLoss: 2.75, learningRate: 2e-5, gradientNorm: 1.25,
        tokensPerSecond: 5120.5)
}
