import TestSupport
import Testing

@testable import Datasets

@Suite struct CSVReaderTests {
    private func text(_ csv: String, _ column: CSVColumn? = nil) throws -> String {
        try CSVReader.trainingText(of: csv, column: column, path: "t.csv")
    }

    @Test(
        arguments: [(nil, 0), (.number(1), 1), (.name("note, if any"), 2)] as [(CSVColumn?, Int)])
    func columnIsTheOnePythonReads(column: CSVColumn?, index: Int) throws {
        let file = try TextReader(encoding: .utf8).read(TrainingData.path("table.csv"))
        #expect(try text(file, column) == TrainingData.columns()[index])
    }

    @Test func emptyLinesAreLeftOut() throws {
        #expect(try text("\na,b\n\n1,2\n\n") == "<|startoftext|>1<|endoftext|>\n")
    }

    @Test func lastRowNeedsNoLineFeed() throws {
        #expect(try text("a,b\n1,", .number(1)) == "<|startoftext|><|endoftext|>\n")
    }

    @Test func headerAloneIsNoRow() throws {
        #expect(try text("a,b\n").isEmpty)
    }

    @Test(
        arguments: [
            ("a\n1\n2,3\n", .raggedRow(path: "t.csv", line: 3, cells: 2, expected: 1)),
            ("a,b\n\"x\ny\",1\n2\n", .raggedRow(path: "t.csv", line: 4, cells: 1, expected: 2)),
            ("a\n\"x\" y\n", .textAfterQuote(path: "t.csv", line: 2)),
            ("a\nb\n\"x\n\n", .openQuote(path: "t.csv", line: 3)),
            ("", .empty(path: "t.csv")),
        ] as [(String, DatasetError)])
    func faultIsAnErrorWithItsLine(csv: String, error: DatasetError) throws {
        #expect(throws: error) { try text(csv) }
    }

    @Test(arguments: [CSVColumn.number(2), .number(Int.max), .name("c")])
    func columnThatIsNotThereIsAnErrorThatQuotesNoCell(column: CSVColumn) throws {
        let error = try #require(throws: DatasetError.self) { try text("a,b\n1,2\n", column) }
        #expect(error == .noSuchColumn(path: "t.csv", column: column, count: 2))
        #expect(!error.description.contains("\"a\""))
    }

    @Test func columnIsANumberOnlyWhereItIsOne() {
        #expect(CSVColumn("12") == .number(12))
        #expect(CSVColumn("text") == .name("text"))
        #expect(CSVColumn("-1") == .name("-1"))
        #expect(CSVColumn("99999999999999999999") == .name("99999999999999999999"))
        #expect(CSVColumn("") == .name(""))
    }
}
