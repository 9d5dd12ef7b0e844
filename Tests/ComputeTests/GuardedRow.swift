/// A row with floats behind it that no kernel may touch.
struct GuardedRow {
    private static let guards: [Float] = [12.5, -7.25, 3.75]
    /// What is given to a kernel.
    var floats: [Float]
    private let count: Int

    init(_ row: [Float]) {
        floats = row + Self.guards
        count = row.count
    }

    /// The row alone.
    var row: [Float] { Array(floats[..<count]) }
    var doubles: [Double] { row.map(Double.init) }
    var isBehindUntouched: Bool { Array(floats[count...]) == Self.guards }
}
