/// One stretch of text to learn from: T tokens, and for each the token that should follow it.
public struct TrainingWindow: Sendable, Equatable {
    /// [T]: ids in 0 ..< V.
    public var inputs: [Int32]
    /// [T]: the id that should follow each input, or `ignored` where nothing is to be learned.
    public var targets: [Int32]

    /// Stands for a target that is not counted: a side that is not to be imitated, or padding.
    public static let ignored: Int32 = -1

    public init(inputs: [Int32], targets: [Int32]) {
        precondition(inputs.count == targets.count, "every input has one target")
        self.inputs = inputs
        self.targets = targets
    }
}

/// Where the windows of a run come from.
///
/// The window of an index is always the same one, whatever was asked before and on whichever
/// thread or machine: a run that is resumed needs to know only how many windows it has used.
public protocol WindowSource: Sendable {
    /// How many tokens the source holds; what `--epochs` counts.
    var tokenCount: Int { get }

    /// The window that a run uses as its `index`-th, from 0.
    ///
    /// - Throws: `DatasetError` where a file has become unreadable since it was opened.
    func window(_ index: Int) throws -> TrainingWindow
}
