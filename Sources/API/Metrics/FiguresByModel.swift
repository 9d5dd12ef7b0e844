/// The figures of so many models at most: a platform may load models under ever new names, and those of
/// the one that was not counted for longest go.
struct FiguresByModel<Figures: Sendable>: Sendable {
    private struct Entry {
        var figures: Figures
        /// Greater than that of all who were counted before.
        var use: UInt64 = 0
    }

    private let limit: Int
    private let empty: Figures
    private var entries: [String: Entry] = [:]
    private var lastUse: UInt64 = 0

    /// - Parameters:
    ///   - empty: what each begins with.
    ///   - limit: how many models.
    init(_ empty: Figures, limit: Int = 1_000) {
        self.empty = empty
        self.limit = limit
    }

    subscript(model: String) -> Figures? { entries[model]?.figures }

    /// By the models' names.
    var sorted: [(model: String, figures: Figures)] {
        entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.figures) }
    }

    /// Counts something of a model.
    mutating func update(_ model: String, _ change: (inout Figures) -> Void) {
        if entries[model] == nil, entries.count >= limit {
            let oldest = entries.min { $0.value.use < $1.value.use }
            if let oldest { entries[oldest.key] = nil }
        }
        lastUse += 1
        let new = Entry(figures: empty)
        change(&entries[model, default: new].figures)
        entries[model]?.use = lastUse
    }
}
