import Checkpoints

/// Finds what training has left below the folders that calls may lead into: the folders themselves, and
/// those right below them. No link is followed on the way.
struct RunFinder {
    /// A folder with numbered checkpoints or a table of losses.
    struct Run {
        let path: String
        /// The step of its newest checkpoint; nil where it has none.
        let checkpoint: Int?
        /// Of its table, in bytes, and when that was last written to; nil where it has none that can be read.
        let tableSize: Int?
        let tableModified: Double?
        /// When table or checkpoint was last written to, in seconds since 1970.
        let updated: Double
    }

    let folders: AllowedFolders

    /// Entries of one folder that are looked at.
    static let mostEntries = 1000
    /// Folders that are looked into.
    static let mostFolders = 2000
    /// Runs whose tables are read.
    static let mostRuns = 32

    /// - Returns: the runs that were written to last, the latest first, and how many more there are.
    func find() -> (runs: [Run], leftOut: Int) {
        let runs = candidates().compactMap(run).sorted { $0.updated > $1.updated }
        return (Array(runs.prefix(Self.mostRuns)), max(0, runs.count - Self.mostRuns))
    }

    private func candidates() -> [String] {
        var paths: [String] = []
        var seen: Set<String> = []
        for folder in folders.folders {
            let below = folders.names(in: folder, atMost: Self.mostEntries).sorted()
                .map { folder == "/" ? "/\($0)" : "\(folder)/\($0)" }
            for path in [folder] + below where seen.insert(path).inserted { paths.append(path) }
        }
        return Array(paths.prefix(Self.mostFolders))
    }

    /// The table of a run, open.
    func table(of run: Run) -> AllowedFile? { folders.file(Self.table(in: run.path)) }

    private static func table(in path: String) -> String { "\(path)/loss.csv" }

    private func run(at path: String) -> Run? {
        let names = folders.names(in: path, atMost: Self.mostEntries)
        let table = names.contains("loss.csv") ? folders.file(Self.table(in: path)) : nil
        let newest = newestCheckpoint(path, names)
        guard let updated = [table?.modified, newest?.modified].compactMap(\.self).max() else {
            return nil
        }
        // Not the open file: there may be thousands.
        return Run(
            path: path, checkpoint: newest?.step, tableSize: table?.size,
            tableModified: table?.modified, updated: updated)
    }

    /// The highest number of a file with something in it: the original empties old ones.
    private func newestCheckpoint(
        _ path: String, _ names: [String]
    ) -> (step: Int, modified: Double)? {
        let numbered = names.compactMap { name in
            CheckpointFinder.step(inName: name).map { (name: name, step: $0) }
        }
        for (name, step) in numbered.sorted(by: { $0.step > $1.step }) {
            guard let file = folders.file("\(path)/\(name)"), file.size > 0 else { continue }
            return (step, file.modified)
        }
        return nil
    }
}
