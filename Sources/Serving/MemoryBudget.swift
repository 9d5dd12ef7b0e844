/// How much memory loaded models may take together.
public struct MemoryBudget: Sendable {
    private let limit: Int?
    private let available: @Sendable () -> Int?

    /// As much as is asked for.
    public static let unlimited = MemoryBudget(limit: nil) { nil }

    /// - Parameters:
    ///   - limit: bytes for all models; nil for what the machine has.
    ///   - available: bytes that the machine can still give; nil where it does not say.
    public init(limit: Int?, available: @escaping @Sendable () -> Int?) {
        self.limit = limit
        self.available = available
    }

    /// How many bytes are missing for another model.
    ///
    /// - Parameters:
    ///   - bytes: of the model.
    ///   - taken: by those that are loaded.
    /// - Returns: 0 where it fits.
    func missing(for bytes: Int, beside taken: Int) -> Int {
        let beyondLimit = limit.map { taken + bytes - $0 } ?? 0
        // Replies need memory too, and so does whatever else runs here.
        let beyondMachine = available().map { bytes - $0 / 100 * 85 } ?? 0
        return max(0, beyondLimit, beyondMachine)
    }
}
