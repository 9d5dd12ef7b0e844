/// The prefixes that can begin a turn: `0|mom|`, `1|+mom|`, and what models make of them,
/// `|mom|` and `|0|mom|`.
struct TurnPrefixes: Sendable {
    enum Match: Equatable {
        case none
        /// The text may become a prefix when more of it comes.
        case unfinished
        /// A prefix of `length` bytes; `side` is nil where it does not say one.
        case prefix(length: Int, side: Int?)
    }

    private let candidates: [(bytes: [UInt8], side: Int?)]

    /// - Parameter names: the audiences to know; those that are empty or hold a `|` or a line
    ///   break cannot stand in a prefix and are left out.
    init(names: [String]) {
        let usable = names.filter { name in
            !name.isEmpty && !name.utf8.contains { $0 == .pipe || $0 == .newline || $0 == 0x0D }
        }
        candidates = usable.flatMap { name in
            ["\(name)|", "+\(name)|"].flatMap { rest -> [(bytes: [UInt8], side: Int?)] in
                [
                    (Array("0|\(rest)".utf8), 0), (Array("1|\(rest)".utf8), 1),
                    (Array("|0|\(rest)".utf8), 0), (Array("|1|\(rest)".utf8), 1),
                    (Array("|\(rest)".utf8), nil),
                ]
            }
        }
    }

    func match(_ text: ArraySlice<UInt8>) -> Match {
        var result = Match.none
        for (bytes, side) in candidates {
            if text.starts(with: bytes) { return .prefix(length: bytes.count, side: side) }
            if text.count < bytes.count, bytes.starts(with: text) { result = .unfinished }
        }
        return result
    }
}
