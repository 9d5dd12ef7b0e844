import Foundation

/// The files that a checkpoint's weights are read from, as they are now; equal while nobody has
/// touched them.
struct WeightFiles: Equatable, Sendable {
    private let identities: [String: FileIdentity]

    /// - Parameter path: the checkpoint, as `CheckpointFinder` gives it.
    init(ofCheckpoint path: String) {
        var identities: [String: FileIdentity] = [:]
        for file in [path] + Self.parts(of: path) { identities[file] = FileIdentity(file) }
        self.identities = identities
    }

    /// The files beside an index that may hold the weights: `model.ckpt.data-00000-of-00001` of
    /// `model.ckpt.index`; of `model.safetensors.index.json` all that are safetensors, since it may
    /// name any of them.
    private static func parts(of path: String) -> [String] {
        let file = URL(fileURLWithPath: path)
        let (name, folder) = (file.lastPathComponent, file.deletingLastPathComponent().path)
        let (start, end): (String, String)
        if name.hasSuffix(".safetensors.index.json") {
            (start, end) = ("", ".safetensors")
        } else if name.hasSuffix(".index") {
            (start, end) = (name.dropLast(".index".count) + ".data-", "")
        } else {
            return []
        }
        // A folder that cannot be read now cannot be loaded from later, which says so.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(start) && $0.hasSuffix(end) }
            .map { folder + "/" + $0 }
    }

    /// A line for each file, in order.
    var lines: [String] {
        identities.sorted { $0.key < $1.key }.map { path, file in
            """
            device \(file.device) inode \(file.inode) size \(file.size) \
            written \(file.written.seconds).\(file.written.nanoseconds) \
            changed \(file.changed.seconds).\(file.changed.nanoseconds) \
            \(URL(fileURLWithPath: path).lastPathComponent)
            """
        }
    }

    /// Waits until a change to come would have another time than the latest that was: file systems
    /// count in ticks of up to 10 ms, and within one a file can change twice.
    func outlastTick() {
        let tick = 0.02
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let ages = identities.values.map { file in
            Double(now.tv_sec - file.changed.seconds)
                + Double(now.tv_nsec - file.changed.nanoseconds) / 1e9
        }
        // No longer, where another machine's clock gave the time.
        if let age = ages.min(), age < tick {
            Thread.sleep(forTimeInterval: min(tick, tick - age))
        }
    }
}
