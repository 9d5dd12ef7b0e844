import Foundation
import JSON
import TestSupport
import Testing

@testable import Datasets

/// Five hundred lines that ftfy was asked about; see `Tests/Fixtures/preparation`.
@Suite struct TextRepairTests {
    private struct Line {
        let kind: String
        let bytes: [UInt8]
        let ftfy: String
        /// What a line was that only a part of was garbled.
        let meant: String?
    }

    private static func lines() throws -> [Line] {
        let data = try Data(contentsOf: fixture("preparation/lines.jsonl"))
        return try data.split(separator: UInt8(ascii: "\n")).map { line in
            let value = try JSONParser.parse([UInt8](line))
            let hexadecimal = Array(value["bytes"]?.string ?? "")
            let bytes = stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
                UInt8(String(hexadecimal[$0...$0 + 1]), radix: 16)
            }
            return Line(
                kind: try #require(value["kind"]?.string),
                bytes: value["damaged"]?.string.map { Array($0.utf8) } ?? bytes,
                ftfy: try #require(value["ftfy"]?.string), meant: value["meant"]?.string)
        }
    }

    private static func prepared(_ bytes: [UInt8]) throws -> [UInt8] {
        var preparer = TextPreparer(encoding: .utf8, path: "lines")
        return try preparer.append(bytes) + preparer.finish()
    }

    @Test func linesAreFtfysButForThoseItLeavesHalfMended() throws {
        let lines = try Self.lines()
        #expect(lines.count == 500)
        var further = 0
        for (index, line) in lines.enumerated() {
            let found = try Self.prepared(line.bytes)
            if found == Array(line.ftfy.utf8) { continue }
            // The one difference: beside good text of another kind, ftfy leaves some characters
            // garbled that are mended here.
            #expect(line.kind == "partly", "line \(index + 1), \(line.kind)")
            #expect(found == Array(try #require(line.meant).utf8), "line \(index + 1)")
            further += 1
        }
        #expect(further == 10)
    }

    @Test func whatWasMendedStaysAsItIs() throws {
        for (index, line) in try Self.lines().enumerated() {
            let once = try Self.prepared(line.bytes)
            #expect(try Self.prepared(once) == once, "line \(index + 1)")
        }
    }

    @Test(arguments: [
        "The quick brown fox", "Ã", "MAÇÃ”", "DÉJÀ »", "Fuß“", "été…", "日本語", "👩‍👩‍👧", "a\tb",
        "1|mom|Hi &lt;3 <EOM>", "&notanentity;",
    ])
    func goodTextIsLeftAlone(line: String) {
        let straight = line.replacing("”", with: "\"").replacing("“", with: "\"")
        #expect(Array(TextRepair.repaired(line).utf8) == Array(straight.utf8))
    }
}
