import Foundation
import GPT2

/// What there is to say of a loaded version. It holds nothing of the version itself: who held one while
/// making a list would keep an idle model from making room for another.
public struct VersionSummary: Sendable {
    public let number: Scheduler.ModelID
    public let name: String
    public let hyperparameters: Hyperparameters
    /// What the weights take in memory.
    public let byteCount: Int
    /// The checkpoint it was read from.
    public let path: String
    public let loadedAt: Date

    public var contextLength: Int { hyperparameters.contextLength }

    init(_ version: ModelVersion) {
        number = version.number
        name = version.name
        hyperparameters = version.model.hyperparameters
        byteCount = version.byteCount
        path = version.path
        loadedAt = version.loadedAt
    }
}
