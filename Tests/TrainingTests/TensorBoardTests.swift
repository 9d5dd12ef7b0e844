import Foundation
import TestSupport
import Testing

@testable import Training

/// What a resumed run writes, read by TensorBoard.
@Suite(.enabled(if: TensorBoardPython.isPresent, "\(TensorBoardPython.absence)"))
struct TensorBoardTests {
    @Test func aResumedRunReadsAsOne() throws {
        let folder = try TemporaryFolder()
        let first = try EventFile(
            folder: folder.path, resumingAfter: nil, host: "host", now: { 1_700_000_000 })
        for step in 1...5 { try first.append(makeRecord(step)) }
        let second = try EventFile(
            folder: folder.path, resumingAfter: 3, host: "host", now: { 1_700_000_100 })
        var again = makeRecord(4)
        again.loss = 2.25
        try second.append(again)
        try second.append(validationLoss: 2.625, step: 4)

        let scalars = try TensorBoardPython.scalars(in: folder.path)
        #expect(scalars["loss"] == [[1, 2.5], [2, 2.5], [3, 2.5], [4, 2.25]])
        #expect(scalars["val_loss"] == [[4, 2.625]])
        #expect(scalars.count == 6)
    }

    @Test func theCommittedFileReadsAsExpected() throws {
        let expected = try JSONDecoder().decode(
            [String: [[Double]]].self,
            from: Data(contentsOf: fixture("training_reports/expected.json")))
        let file = fixture("training_reports/resumed.tfevents").path
        #expect(try TensorBoardPython.scalars(in: file) == expected)
    }
}

/// A Python that has TensorBoard, where there is one: what `scripts/peers.sh` makes.
private enum TensorBoardPython {
    static let folder = projectFolder.appendingPathComponent(".venv")
    static let isPresent: Bool = {
        let libraries = folder.appendingPathComponent("lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
        return versions.contains {
            FileManager.default.fileExists(
                atPath: libraries.path + "/\($0)/site-packages/tensorboard")
        }
    }()
    static let absence = "no Python with TensorBoard; scripts/peers.sh makes one"

    static func scalars(in path: String) throws -> [String: [[Double]]] {
        let process = Process()
        process.executableURL = folder.appendingPathComponent("bin/python")
        process.arguments = [fixture("training_reports/read_events.py").path, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode([String: [[Double]]].self, from: json)
    }
}
