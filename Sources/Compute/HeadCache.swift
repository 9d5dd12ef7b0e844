import CKernels

/// How keys and values are kept.
public enum CacheFormat: String, Sendable, CaseIterable {
    case bf16, f32

    var numberSize: Int { self == .bf16 ? 2 : 4 }
}

/// A view of the keys and values of one head, for so many positions; somebody else owns them.
///
/// @unchecked Sendable because a view says where numbers are, not who may write them: a head belongs
/// to one thread at a time.
public struct HeadCache: @unchecked Sendable {
    private let cache: dixie_cache
    private let positions: Int

    /// Bytes for so many positions, a multiple of 64.
    public static func byteCount(_ format: CacheFormat, width: Int, positions: Int) -> Int {
        (dixie_cache_key_count(width, positions) + dixie_cache_value_count(width, positions))
            * format.numberSize
    }

    /// - Parameters:
    ///   - format: how the numbers are kept.
    ///   - width: D, of the head.
    ///   - positions: how many there is room for.
    ///   - base: where its `byteCount` bytes begin, zero at first; a multiple of 64.
    public init(
        _ format: CacheFormat, width: Int, positions: Int, at base: UnsafeMutableRawPointer
    ) {
        precondition(width > 0 && width <= Int(dixie_widest_head))
        self.positions = positions
        cache = dixie_cache(
            keys: base,
            values: base + dixie_cache_key_count(width, positions) * format.numberSize,
            width: width, is_bf16: format == .bf16 ? 1 : 0)
    }

    /// Stores the keys and values of new tokens and attends from each over those up to itself.
    ///
    /// - Parameters:
    ///   - queries: [n, D] of the new tokens.
    ///   - keys: [n, D]
    ///   - values: [n, D]
    ///   - position: where the first of them stands.
    ///   - output: [n, D], the weighted values.
    public func attend(
        queries: Matrix, keys: Matrix, values: Matrix, from position: Int, into output: Matrix
    ) {
        precondition(position >= 0 && position + queries.rows <= positions, "past the cache")
        let level = dixie_cpu_level()
        var cache = cache
        for row in 0..<queries.rows {
            dixie_cache_store(level, &cache, position + row, keys.row(row), values.row(row))
        }
        dixie_attend(
            level, &cache, queries.base, queries.stride, queries.rows, position,
            1 / Float(cache.width).squareRoot(), output.base, output.stride)
    }
}
