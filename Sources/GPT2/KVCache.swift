import Compute

/// The keys and values of the tokens a sequence has already seen, for every layer.
///
/// Belongs to one sequence and to the thread that runs the model's steps. The same tokens of the same
/// model give the same bits in every cache of one format, however they came there.
public final class KVCache {
    /// How many tokens it has room for.
    public let capacity: Int
    /// How many tokens it holds; the next one stands at this position.
    public internal(set) var count = 0
    public let format: CacheFormat

    private let hyperparameters: Hyperparameters
    private let buffer: ByteBuffer  // [L, H], each a head's

    /// - Parameters:
    ///   - hyperparameters: of the model it is for.
    ///   - capacity: room in tokens; at most, and by default, the model's context length.
    ///   - format: how keys and values are kept.
    /// - Throws: `ComputeError` when there is no memory for it.
    public init(
        _ hyperparameters: Hyperparameters, capacity: Int? = nil, format: CacheFormat = .f32
    ) throws {
        self.hyperparameters = hyperparameters
        self.capacity = min(
            capacity ?? hyperparameters.contextLength, hyperparameters.contextLength)
        self.format = format
        buffer = try SpareBuffers.shared.take(
            Self.byteCount(hyperparameters, capacity: self.capacity, format: format))
    }

    deinit { SpareBuffers.shared.give(buffer) }

    /// A cache with what another holds, and room for no more than that.
    ///
    /// - Parameters:
    ///   - other: of any capacity.
    ///   - pool: shares out the copying.
    /// - Throws: `ComputeError` when there is no memory for it.
    public convenience init(copying other: KVCache, on pool: ThreadPool) throws {
        try self.init(other.hyperparameters, capacity: other.count, format: other.format)
        extend(to: other.count, from: other, on: pool)
    }

    /// Forgets every token from `position` on.
    public func truncate(to position: Int) {
        precondition(position >= 0 && position <= count)
        count = position
    }

    /// Takes over from another cache what it holds of the positions from `count` on.
    ///
    /// - Parameters:
    ///   - position: how many tokens this one holds afterwards.
    ///   - other: of the same model and format; it holds as many, and those that this one has are
    ///     the same.
    ///   - pool: shares out the copying.
    public func extend(to position: Int, from other: KVCache, on pool: ThreadPool) {
        precondition(hyperparameters == other.hyperparameters && format == other.format)
        precondition((count...capacity).contains(position) && position <= other.count)
        let heads = hyperparameters.headCount
        let places = (0..<hyperparameters.layerCount).map {
            (to: self.heads(layer: $0), from: other.heads(layer: $0))
        }
        let range = count..<position
        pool.forEachSlice(of: places.count * heads, atLeast: heads) { tasks in
            for task in tasks {
                let place = places[task / heads]
                place.to.head(task % heads).copy(range, from: place.from.head(task % heads))
            }
        }
        count = position
    }

    /// What a cache takes.
    ///
    /// - Parameters:
    ///   - hyperparameters: of the model it is for.
    ///   - capacity: room in tokens.
    ///   - format: how keys and values are kept.
    /// - Returns: its bytes.
    public static func byteCount(
        _ hyperparameters: Hyperparameters, capacity: Int, format: CacheFormat
    ) -> Int {
        hyperparameters.layerCount * hyperparameters.headCount
            * HeadCache.byteCount(
                format, width: hyperparameters.headWidth, positions: capacity)
    }

    /// The bytes of memory it takes.
    public var byteCount: Int { buffer.bytes.count }

    /// The heads of one layer.
    func heads(layer: Int) -> LayerCache {
        let width = hyperparameters.headWidth
        let size = HeadCache.byteCount(format, width: width, positions: capacity)
        guard let base = buffer.bytes.baseAddress else { preconditionFailure("a cache has heads") }
        return LayerCache(
            base: base + layer * hyperparameters.headCount * size, size: size, format: format,
            width: width, positions: capacity)
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
