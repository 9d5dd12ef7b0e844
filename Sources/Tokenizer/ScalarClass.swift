/// The four kinds of scalar that the pre-tokenizer tells apart.
enum ScalarClass: UInt8, Sendable {
    case other, letter, number, whitespace
}

/// The class of every scalar, in pages of 256 scalars of which equal ones are kept once: some
/// 50 KB for all of Unicode, one page for a text in one script.
struct ScalarClasses: Sendable {
    static let shared = ScalarClasses()

    private let pageOfBlock: [UInt8]
    private let pages: [ScalarClass]

    private init() {
        var classes = [ScalarClass](repeating: .other, count: 0x110000)
        for (runs, kind) in [
            (ScalarRuns.letters, ScalarClass.letter), (ScalarRuns.numbers, .number),
            (ScalarRuns.whitespace, .whitespace),
        ] {
            var start = 0
            for pair in stride(from: 0, to: runs.count - 1, by: 2) {
                start += Int(runs[pair])
                let end = start + Int(runs[pair + 1])
                for scalar in start..<end { classes[scalar] = kind }
                start = end
            }
        }
        var pages: [ScalarClass] = []
        var known: [[ScalarClass]: UInt8] = [:]
        var before: (page: [ScalarClass], number: UInt8)?
        pageOfBlock = stride(from: 0, to: classes.count, by: 256).map { block in
            let page = Array(classes[block..<block + 256])
            // Scripts take many pages in a row, and what has none takes most.
            if let before, before.page == page { return before.number }
            let number = known[page] ?? UInt8(known.count)
            if number == known.count {
                known[page] = number
                pages += page
            }
            before = (page, number)
            return number
        }
        self.pages = pages
    }

    /// The class of the scalar with this value, below 0x110000.
    @inline(__always)
    subscript(value: UInt32) -> ScalarClass {
        pages[Int(pageOfBlock[Int(value >> 8)]) << 8 | Int(value & 0xFF)]
    }
}
