import Checkpoints

/// Token ids one after another, in memory or in a file; each is in 0 ..< V.
protocol TokenStorage: Sendable {
    var count: Int { get }
    /// What they take of memory.
    var byteCount: Int { get }

    /// Appends the ids at `range`, which lies in `0 ..< count`, to `ids`.
    ///
    /// - Throws: `DatasetError` where a file has changed or become unreadable.
    func append(_ range: Range<Int>, to ids: inout [Int32]) throws(DatasetError)
}

/// Token ids in memory, in 16 bits each where the vocabulary allows it.
enum TokenList: TokenStorage, Equatable {
    case narrow([UInt16])
    case wide([Int32])

    /// - Parameters:
    ///   - ids: numbers that may be ids.
    ///   - vocabularySize: V; every id must be below.
    ///   - path: the file they are from, for errors.
    /// - Throws: `DatasetError.tokenOutOfRange` with the first that is no id.
    init(
        _ ids: some Collection<some BinaryInteger>, vocabularySize: Int, path: String
    ) throws(DatasetError) {
        // Counted alongside: not every collection's places are numbers.
        var place = 0
        for id in ids {
            guard id >= 0, id < vocabularySize else {
                throw .tokenOutOfRange(
                    path: path, place: place, id: Int(clamping: id), vocabularySize: vocabularySize)
            }
            place += 1
        }
        self =
            vocabularySize <= Int(UInt16.max) + 1
            ? .narrow(ids.map { UInt16(truncatingIfNeeded: $0) })
            : .wide(ids.map { Int32(truncatingIfNeeded: $0) })
    }

    /// The ids of a NumPy array of whole numbers, whatever its shape.
    ///
    /// - Throws: `DatasetError.notTokens`, `.tokenOutOfRange`.
    init(
        _ array: NPYArray, named name: String?, vocabularySize: Int, path: String
    ) throws(DatasetError) {
        func list(_ ids: [some BinaryInteger]) throws(DatasetError) -> TokenList {
            try TokenList(ids, vocabularySize: vocabularySize, path: path)
        }
        self =
            switch array.elements {
            case .int64(let ids): try list(ids)
            case .int32(let ids): try list(ids)
            case .int16(let ids): try list(ids)
            case .int8(let ids): try list(ids)
            case .uint64(let ids): try list(ids)
            case .uint32(let ids): try list(ids)
            case .uint16(let ids): try list(ids)
            case .uint8(let ids): try list(ids)
            case .float64, .float32, .float16, .bool:
                throw .notTokens(path: path, array: name, type: array.elements.type)
            }
    }

    var count: Int {
        switch self {
        case .narrow(let ids): ids.count
        case .wide(let ids): ids.count
        }
    }

    var byteCount: Int {
        switch self {
        case .narrow(let ids): ids.count * MemoryLayout<UInt16>.stride
        case .wide(let ids): ids.count * MemoryLayout<Int32>.stride
        }
    }

    func append(_ range: Range<Int>, to result: inout [Int32]) {
        switch self {
        case .narrow(let ids): for id in ids[range] { result.append(Int32(id)) }
        case .wide(let ids): result += ids[range]
        }
    }
}
