import Compute

/// The keys and values of the tokens a sequence has already seen, for every layer, in f32.
///
/// Belongs to one sequence and to the thread that runs the model's steps.
public final class KVCache {
    /// How many tokens it has room for.
    public let capacity: Int
    /// How many tokens it holds; the next one stands at this position.
    public internal(set) var count = 0

    private let keys: FloatBuffer  // [L, H, capacity, D]
    private let values: FloatBuffer  // [L, H, capacity, D]
    private let headCount: Int
    private let headWidth: Int

    /// - Parameters:
    ///   - hyperparameters: of the model it is for.
    ///   - capacity: room in tokens; at most, and by default, the model's context length.
    /// - Throws: `ComputeError` when there is no memory for it.
    public init(_ hyperparameters: Hyperparameters, capacity: Int? = nil) throws {
        self.capacity = min(
            capacity ?? hyperparameters.contextLength, hyperparameters.contextLength)
        headCount = hyperparameters.headCount
        headWidth = hyperparameters.headWidth
        let count = hyperparameters.layerCount * headCount * self.capacity * headWidth
        keys = try FloatBuffer(count: count)
        values = try FloatBuffer(count: count)
    }

    /// Forgets every token from `position` on.
    public func truncate(to position: Int) {
        precondition(position >= 0 && position <= count)
        count = position
    }

    /// The keys of one head, one row a token: [capacity, D].
    func keys(layer: Int, head: Int) -> Matrix { plane(of: keys, layer: layer, head: head) }

    /// The values of one head, one row a token: [capacity, D].
    func values(layer: Int, head: Int) -> Matrix { plane(of: values, layer: layer, head: head) }

    private func plane(of buffer: FloatBuffer, layer: Int, head: Int) -> Matrix {
        buffer.matrix(
            at: (layer * headCount + head) * capacity * headWidth, rows: capacity,
            columns: headWidth)
    }
}
