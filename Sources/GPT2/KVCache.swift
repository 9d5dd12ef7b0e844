import Compute

/// The keys and values of the tokens a sequence has already seen, for every layer.
///
/// Belongs to one sequence and to the thread that runs the model's steps.
public final class KVCache {
    /// How many tokens it has room for.
    public let capacity: Int
    /// How many tokens it holds; the next one stands at this position.
    public internal(set) var count = 0
    public let format: CacheFormat

    private let buffer: ByteBuffer  // [L, H], each a head's
    private let headCount: Int
    private let headWidth: Int

    /// - Parameters:
    ///   - hyperparameters: of the model it is for.
    ///   - capacity: room in tokens; at most, and by default, the model's context length.
    ///   - format: how keys and values are kept.
    /// - Throws: `ComputeError` when there is no memory for it.
    public init(
        _ hyperparameters: Hyperparameters, capacity: Int? = nil, format: CacheFormat = .f32
    ) throws {
        self.capacity = min(
            capacity ?? hyperparameters.contextLength, hyperparameters.contextLength)
        self.format = format
        headCount = hyperparameters.headCount
        headWidth = hyperparameters.headWidth
        buffer = try ByteBuffer(
            count: hyperparameters.layerCount * headCount
                * HeadCache.byteCount(format, width: headWidth, positions: self.capacity))
    }

    /// Forgets every token from `position` on.
    public func truncate(to position: Int) {
        precondition(position >= 0 && position <= count)
        count = position
    }

    /// The bytes of memory it takes.
    public var byteCount: Int { buffer.bytes.count }

    /// The heads of one layer.
    func heads(layer: Int) -> LayerCache {
        let size = HeadCache.byteCount(format, width: headWidth, positions: capacity)
        guard let base = buffer.bytes.baseAddress else { preconditionFailure("a cache has heads") }
        return LayerCache(
            base: base + layer * headCount * size, size: size, format: format, width: headWidth,
            positions: capacity)
    }
}

/// A view of the keys and values of one layer.
///
/// @unchecked Sendable because a view says where numbers are; threads have a head each.
struct LayerCache: @unchecked Sendable {
    fileprivate let base: UnsafeMutableRawPointer
    fileprivate let size: Int
    fileprivate let format: CacheFormat
    fileprivate let width: Int
    fileprivate let positions: Int

    func head(_ index: Int) -> HeadCache {
        HeadCache(format, width: width, positions: positions, at: base + index * size)
    }
}
