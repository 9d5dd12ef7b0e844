import Checkpoints
import Foundation
import JSON
import TestSupport
import Testing
import Training

@testable import API

/// `GET /admin/runs`: what training has left, as the owner sees it.
struct TrainingRunsTests {
    private let roots: TemporaryFolder

    init() throws { roots = try TemporaryFolder() }

    private func server() throws -> LiveServer {
        try LiveServer(top: #""model_roots": ["\#(roots.path)"],"#)
    }

    private func runs(_ server: LiveServer) async throws -> [JSONValue] {
        let answer = try await server.get("/admin/runs")
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json["runs"]?.array)
    }

    private func points(_ run: JSONValue, _ name: String) -> [[Double]] {
        (run[name]?.array ?? []).map { ($0.array ?? []).compactMap(\.number) }
    }

    private func record(_ step: Int, validation: Double? = nil) -> TrainingRecord {
        TrainingRecord(
            step: step, loss: 5 - Double(step) / 10, averageLoss: 5 - Double(step) / 20,
            learningRate: 1e-3, gradientNorm: 1, tokensPerSecond: 100, validationLoss: validation)
    }

    private static let header = "step,loss,avg,learning_rate,norm,tokens_per_second,val_loss\n"

    /// What training writes itself, read by the server.
    @Test func theCurvesOfARunAreThoseThatTrainingWrote() async throws {
        let reports = try RunReports(
            folder: roots.path("mom"), runName: "mom", resumingAfter: nil)
        for step in 1...4 {
            try reports.record(record(step))
            if step % 2 == 0 { try reports.validated(step: step, loss: 6 - Double(step)) }
        }
        try reports.finish()
        try roots.write("x", to: "mom/model-2.safetensors")
        try roots.write("", to: "mom/model-3.hdf5")
        let run = try #require(try await runs(server()).first)
        #expect(run["name"]?.string == "mom")
        #expect(run["path"]?.string == roots.path("mom"))
        #expect(run["step"]?.integer == 4)
        // The third is empty, as the original leaves what it deletes.
        #expect(run["checkpoint"]?.integer == 2)
        #expect(points(run, "loss") == [[1, 4.9], [2, 4.8], [3, 4.7], [4, 4.6]])
        #expect(points(run, "average") == [[1, 4.95], [2, 4.9], [3, 4.85], [4, 4.8]])
        #expect(points(run, "validation") == [[2, 4], [4, 2]])
        #expect(run["damaged_lines"]?.integer == 0 && run["not_finite"]?.integer == 0)
        #expect(run["is_sampled"]?.bool == false)
        #expect((run["updated"]?.integer ?? 0) > 1_700_000_000)
    }

    @Test func aRunThatGoesOnIsReadAnew() async throws {
        let server = try server()
        let path = try roots.write(Self.header + "1,2,2,0,0,0,\n", to: "run/loss.csv")
        let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
        for _ in 1...2 { #expect(points(try await runs(server)[0], "loss") == [[1, 2]]) }
        try roots.write(Self.header + "1,2,2,0,0,0,\n2,1,1,0,0,0,\n", to: "run/loss.csv")
        try FileManager.default.setAttributes(
            [.modificationDate: try #require(time)], ofItemAtPath: path)
        #expect(points(try await runs(server)[0], "loss") == [[1, 2], [2, 1]])
        try roots.write(Self.header + "1,2,2,0,0,0,\n2,3,1,0,0,0,\n", to: "run/loss.csv")
        #expect(points(try await runs(server)[0], "loss") == [[1, 2], [2, 3]])
        try roots.write("x", to: "run/model-2.hdf5")
        #expect(try await runs(server)[0]["checkpoint"]?.integer == 2)
        try FileManager.default.removeItem(atPath: roots.path("run"))
        #expect(try await runs(server) == [])
    }

    @Test func damagedLinesAreSkippedAndCounted() async throws {
        let good = "7,1.5,2.5,0.001,1,100,"
        let text =
            Self.header + good + "\n" + "\n" + "8,x,2,0.001,1,100,\n" + "9,1,2\n"
            + "-1,1,2,3,4,5,\n"
            + "10,1,2,3,4,5,6,7\n" + "11,1,2,3,4,5,abc\n" + "12 , 1.25,2 ,0,0,0, 3\r\n"
            + "13,nan,inf,0,0,0,\n" + "12,1.125,2,0,0,0,3\n" + "99999999999999999999,1,1,1,1,1,\n"
            + "14,1,2"
        try roots.write(Array(text.utf8) + [0xFF, 0xFE], to: "run/loss.csv")
        let run = try #require(try await runs(server()).first)
        #expect(run["damaged_lines"]?.integer == 6)
        #expect(run["not_finite"]?.integer == 1)
        // Of two rows of one step the later counts; a torn last line is being written.
        #expect(points(run, "loss") == [[7, 1.5], [12, 1.125]])
        #expect(points(run, "average") == [[7, 2.5], [12, 2]])
        #expect(points(run, "validation") == [[12, 3]])
        #expect(run["step"]?.integer == 13 && run["checkpoint"]?.isNull == true)
    }

    @Test func whatIsNoTableAtAllIsAnEmptyCurve() async throws {
        for (index, bytes) in [[], [0], Array("step,loss,avg,".utf8), [10, 10, 10]].enumerated() {
            try roots.write(bytes, to: "run\(index)/loss.csv")
        }
        try roots.write([UInt8](repeating: 44, count: 100_000) + [10], to: "commas/loss.csv")
        let found = try await runs(server())
        #expect(found.count == 5)
        for run in found {
            #expect(run["loss"] == [] && run["step"]?.isNull == true)
            let isCommas = run["name"]?.string == "commas"
            #expect(run["damaged_lines"]?.integer == (isCommas ? 1 : 0))
        }
    }

    @Test func aLongTableIsSampledFromItsFirstRowToItsLast() async throws {
        let count = 50_000
        let rows = (1...count).map { "\($0),\(5 - Double($0) / 50_000),3,0.001,1,100,\n" }
        try roots.write(Self.header + rows.joined(), to: "long/loss.csv")
        let run = try #require(try await runs(server()).first)
        #expect(run["is_sampled"]?.bool == true && run["damaged_lines"]?.integer == 0)
        #expect(run["step"]?.integer == count)
        let loss = points(run, "loss")
        #expect((100...400).contains(loss.count))
        #expect(loss.first?.first == 1 && loss.last?.first == Double(count))
        let steps = loss.compactMap(\.first)
        #expect(steps == steps.sorted() && Set(steps).count == steps.count)
        let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? 0) < Double(count) / 50)
    }

    /// Only below the folders that calls may lead into, and by no link.
    @Test func nothingIsReadThroughALink() async throws {
        let outside = try TemporaryFolder()
        try outside.write(Self.header + "1,2,3,4,5,6,\n", to: "secret/loss.csv")
        try outside.write("x", to: "secret/model-7.hdf5")
        let manager = FileManager.default
        for name in ["plain", "linked"] {
            try manager.createDirectory(
                atPath: roots.path(name), withIntermediateDirectories: true)
        }
        for (link, target) in [
            ("secret", outside.path("secret")), ("up", outside.path),
            ("linked/loss.csv", outside.path("secret/loss.csv")),
            ("linked/model-9.hdf5", outside.path("secret/model-7.hdf5")),
        ] {
            try manager.createSymbolicLink(
                atPath: roots.path(link), withDestinationPath: target)
        }
        // Neither does a pipe that nobody writes to hold it up.
        #expect(mkfifo(roots.path("plain/loss.csv"), 0o600) == 0)
        try manager.createDirectory(
            atPath: roots.path("plain/model-3.hdf5"), withIntermediateDirectories: true)
        #expect(try await runs(server()) == [])
    }

    @Test func theLatestComeFirstAndAreBounded() async throws {
        for index in 0..<40 {
            let path = try roots.write(
                Self.header + "\(index),1,1,1,1,1,\n", to: "run\(index)/loss.csv")
            let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(index))
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
        }
        let answer = try await server().get("/admin/runs").json
        let names = answer["runs"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == (8..<40).reversed().map { "run\($0)" })
        #expect(answer["left_out"]?.integer == 8)
    }

    /// A run beside the configuration is called as `restore_from` takes it.
    @Test func runsBesideTheConfigurationAndThoseItNamesAreFound() async throws {
        let named = try TemporaryFolder()
        try named.write(Self.header + "3,1,1,1,1,1,\n", to: "loss.csv")
        let base = try TemporaryFolder()
        try base.write(Self.header + "1,1,1,1,1,1,\n", to: "checkpoint/run1/loss.csv")
        try base.write("x", to: "models/old/model-5.hdf5")
        try base.write(Self.header + "2,1,1,1,1,1,\n", to: "elsewhere/run/loss.csv")
        let allowed = AllowedFolders(
            [base.path("models"), base.path("checkpoint"), named.path])
        let (runs, leftOut) = RunFinder(folders: allowed).find()
        #expect(
            Set(runs.map(\.path))
                == [base.path("checkpoint/run1"), base.path("models/old"), named.path])
        #expect(leftOut == 0)
    }

    @Test func thinningKeepsTheLowestAndTheHighest() {
        var points = (0..<10_000).map { LossPoints.Point(step: $0, value: 1) }
        points[1234].value = 9
        points[4321].value = -9
        points[77].value = .infinity
        for limit in [4, 5, 100, 400] {
            let thin = LossPoints(points, limit: limit).points
            #expect(thin.count <= limit)
            #expect(thin.contains { $0.value == 9 } && thin.contains { $0.value == -9 })
            #expect(thin.map(\.step) == thin.map(\.step).sorted())
            #expect(thin.last?.step == 9_999)
            #expect(thin.allSatisfy { $0.value.isFinite })
        }
        #expect(LossPoints(Array(points.prefix(3)), limit: 4).points.count == 3)
    }
}
