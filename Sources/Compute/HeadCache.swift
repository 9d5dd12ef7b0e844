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
    private let keys: UnsafeMutableRawPointer
    private let values: UnsafeMutableRawPointer
    private let format: CacheFormat
    private let width: Int
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
        keys = base
        values = base + dixie_cache_key_count(width, positions) * format.numberSize
        self.format = format
        self.width = width
        self.positions = positions
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
        var cache = dixie_cache(
            keys: self.keys, values: self.values, width: width, is_bf16: format == .bf16 ? 1 : 0)
        for row in 0..<queries.rows {
            dixie_cache_store(level, &cache, position + row, keys.row(row), values.row(row))
        }
        dixie_attend(
            level, &cache, queries.base, queries.stride, queries.rows, position,
            1 / Float(width).squareRoot(), output.base, output.stride)
    }

    /// Takes over the keys and values of some positions.
    ///
    /// - Parameters:
    ///   - range: the positions; what stands before them is the same in both.
    ///   - other: a head of the same format and width.
    public func copy(_ range: Range<Int>, from other: HeadCache) {
        precondition(format == other.format && width == other.width, "heads of another kind")
        precondition(range.lowerBound >= 0, "no such position")
        precondition(range.upperBound <= min(positions, other.positions), "past a cache")
        // Keys lie in blocks, position beside position, and are taken by whole ones: those beyond
        // the range are overwritten before they are looked at. Values lie in rows.
        let block = Int(dixie_key_block)
        let firstKey = range.lowerBound / block * block
        let keyStart = dixie_cache_key_count(width, firstKey) * format.numberSize
        let keyEnd = dixie_cache_key_count(width, range.upperBound) * format.numberSize
        (keys + keyStart).copyMemory(from: other.keys + keyStart, byteCount: keyEnd - keyStart)
        let row = dixie_cache_value_count(width, block) / block * format.numberSize
        (values + range.lowerBound * row).copyMemory(
            from: other.values + range.lowerBound * row, byteCount: range.count * row)
    }
}
