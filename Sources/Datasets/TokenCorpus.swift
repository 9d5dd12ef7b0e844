/// All tokens of a data set, one after another, and where a text ends that no window may cross.
struct TokenCorpus: Sendable {
    /// What errors call it.
    let path: String
    private var storages: [any TokenStorage] = []
    /// The place of each storage's first token, and after them that of the end.
    private var starts = [0]
    /// Places that windows lie within; in order, each beginning where the one before it ends.
    private(set) var segments: [Range<Int>] = []
    /// For every place whether its token is to be learned; nil where all are.
    private(set) var learned: [Bool]?

    init(path: String) { self.path = path }

    /// The tokens in all segments.
    var tokenCount: Int { bounds.count }

    /// What all of it takes of memory, also where this is a part.
    var byteCount: Int { storages.reduce(0) { $0 + $1.byteCount } + (learned?.count ?? 0) }

    /// The places of all segments.
    var bounds: Range<Int> {
        guard let first = segments.first, let last = segments.last else { return 0..<0 }
        return first.lowerBound..<last.upperBound
    }

    // MARK: - Making one

    /// Adds a text of its own.
    ///
    /// - Parameters:
    ///   - storage: its tokens.
    ///   - mask: for each whether it is to be learned; either every text has one or none has.
    /// - Throws: `DatasetError.tooManyTokens`.
    mutating func addSegment(
        _ storage: some TokenStorage, learned mask: [Bool]? = nil
    ) throws(DatasetError) {
        let start = starts[starts.count - 1]
        try add(storage)
        segments.append(start..<starts[starts.count - 1])
        if let mask {
            precondition(mask.count == storage.count && (learned?.count ?? 0) == start)
            if learned == nil { learned = [] }
            learned?.append(contentsOf: mask)
        }
    }

    /// Adds pieces of one stream of text, which windows cross freely.
    mutating func addSegment(_ pieces: [some TokenStorage]) throws(DatasetError) {
        let start = starts[starts.count - 1]
        for piece in pieces { try add(piece) }
        segments.append(start..<starts[starts.count - 1])
    }

    private mutating func add(_ storage: some TokenStorage) throws(DatasetError) {
        let (end, overflow) = starts[starts.count - 1].addingReportingOverflow(storage.count)
        guard !overflow else { throw .tooManyTokens(path: path) }
        storages.append(storage)
        starts.append(end)
    }

    /// The part of it that lies in `range`.
    func clipped(to range: Range<Int>) -> TokenCorpus {
        var part = self
        part.segments = segments.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
        return part
    }

    // MARK: - Reading

    /// The segment that `place` is in.
    func segment(at place: Int) -> Range<Int> {
        segments[segments.partitioningIndex { $0.lowerBound > place } - 1]
    }

    /// The ids at `range`, which lies in the segments.
    ///
    /// - Throws: `DatasetError` where a file has changed or become unreadable.
    func tokens(in range: Range<Int>) throws(DatasetError) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(range.count)
        var index = starts.partitioningIndex { $0 > range.lowerBound } - 1
        var place = range.lowerBound
        while place < range.upperBound {
            let (start, end) = (starts[index], starts[index + 1])
            let stop = min(end, range.upperBound)
            try storages[index].append(place - start..<stop - start, to: &ids)
            place = stop
            index += 1
        }
        return ids
    }
}

extension Array {
    /// The first index whose element satisfies `predicate`, which holds for none before it and
    /// for all after it; the count where it holds for none.
    func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if predicate(self[middle]) {
                range = range.lowerBound..<middle
            } else {
                range = middle + 1..<range.upperBound
            }
        }
        return range.lowerBound
    }
}
