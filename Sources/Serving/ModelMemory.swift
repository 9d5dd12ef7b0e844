import Synchronization

/// The bytes of all versions that somebody holds, loaded or being finished with.
final class ModelMemory: Sendable {
    private let bytes = Atomic<Int>(0)

    var byteCount: Int { bytes.load(ordering: .relaxed) }

    /// Counts a version until it is gone.
    func count(_ version: ModelVersion) {
        let count = version.byteCount
        bytes.add(count, ordering: .relaxed)
        version.released.notify { self.bytes.subtract(count, ordering: .relaxed) }
    }
}
