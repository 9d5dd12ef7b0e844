import Checkpoints
import Configuration
import HTTP
import JSON
import Synchronization

/// `GET /admin/runs`: the training runs beside the models, each with its losses.
///
/// Reads files, so it has a queue of its own. A run that has not changed since is not read again.
final class TrainingRuns: Sendable {
    private let places: @Sendable () -> CallFolders.Folders
    private let queue = WorkerQueue("dixie.runs", limit: 4)
    /// What was said last of each run.
    private let known = Mutex<[String: Known]>([:])

    private struct Known {
        let state: State
        let entry: JSONValue
    }

    /// What all that is said of a run depends on.
    private struct State: Equatable {
        let base: String
        let checkpoint: Int?
        let updated: Double
        let tableSize: Int?
        let tableModified: Double?
    }

    /// Points of a curve.
    private static let mostPoints = 400

    /// - Parameter places: where runs may lie, now.
    init(_ places: @escaping @Sendable () -> CallFolders.Folders) { self.places = places }

    var routes: [Route] {
        [
            Route("GET", "/admin/runs", .scope(.admin)) { [self] exchange in
                guard AllowedFolders.isSupported else { throw CallFolders.cannotCheckPaths }
                try queue.run { exchange.writer.send(.json(self.list())) }
            }
        ]
    }

    private func list() -> JSONValue {
        let places = places()
        let finder = RunFinder(folders: places.allowed)
        let (runs, leftOut) = finder.find()
        let before = known.withLock { $0 }
        let now = runs.map { run -> (path: String, known: Known) in
            let state = State(
                base: places.base, checkpoint: run.checkpoint, updated: run.updated,
                tableSize: run.tableSize, tableModified: run.tableModified)
            if let known = before[run.path], known.state == state { return (run.path, known) }
            let table = finder.table(of: run).map { LossRows($0) }
            return (run.path, Known(state: state, entry: Self.entry(run, table, places.base)))
        }
        known.withLock { known in
            known = Dictionary(now.map { ($0.path, $0.known) }) { $1 }
        }
        return ["runs": .array(now.map(\.known.entry)), "left_out": .integer(leftOut)]
    }

    private static func entry(
        _ run: RunFinder.Run, _ table: LossRows?, _ base: String
    ) -> JSONValue {
        let rows = table?.rows ?? []
        func points(_ value: (LossRow) -> Double?) -> JSONValue {
            let points = rows.compactMap { row in
                value(row).map { LossPoints.Point(step: row.step, value: $0) }
            }
            return LossPoints(points, limit: mostPoints).json
        }
        let step = [rows.last?.step, run.checkpoint].compactMap(\.self).max()
        // As `restore_from` takes it.
        let isBelow = run.path.hasPrefix(base + "/")
        return [
            "name": .string(run.path.split(separator: "/").last.map { String($0) } ?? "/"),
            "path": .string(isBelow ? String(run.path.dropFirst(base.count + 1)) : run.path),
            "step": step.map { .integer($0) } ?? nil,
            "checkpoint": run.checkpoint.map { .integer($0) } ?? nil,
            "updated": .integer(Int(exactly: run.updated.rounded(.down)) ?? 0),
            "loss": points(\.loss), "average": points(\.average),
            "validation": points(\.validation),
            "not_finite": .integer(rows.count { !$0.loss.isFinite }),
            "damaged_lines": .integer(table?.damagedLines ?? 0),
            "is_sampled": .bool(table?.isSampled ?? false),
        ]
    }
}
