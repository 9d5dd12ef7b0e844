/// Which losses a picture shows: all of them, unless a few would press the rest into a strip.
struct CurveRange: Equatable {
    var axis: CurveAxis
    /// How many steps lie above the axis, and the highest of them.
    var above: (count: Int, highest: Double)?

    static func == (a: CurveRange, b: CurveRange) -> Bool {
        a.axis == b.axis && a.above?.count == b.above?.count
            && a.above?.highest == b.above?.highest
    }

    /// Fewer steps than this are all shown.
    private static let fewestToCut = 50
    /// The share of the steps that is always shown.
    private static let shown = 0.98

    init(_ curve: LossCurve) {
        let losses = curve.loss.filter(\.isDrawable).map(\.value).sorted()
        // What the reader came for is in the picture whatever the percentile says.
        let lines = curve.average.filter(\.isDrawable).map(\.value)
        let checks = curve.validation.filter(\.isDrawable).map(\.value)
        guard let lowest = (losses + lines + checks).min(),
            let highest = (losses + lines + checks).max()
        else {
            axis = .losses(0, 1)
            return
        }
        axis = .losses(lowest, highest)
        guard losses.count >= Self.fewestToCut else { return }
        let ends = [lines.last, checks.last, checks.count > 1 ? checks.dropFirst().max() : nil]
        let place = Int(Double(losses.count - 1) * Self.shown)
        let top = ([losses[place]] + ends.compactMap(\.self)).reduce(lowest, max)
        // Cutting little off would cost more understanding than it gives room.
        guard highest - lowest > 1.4 * (top - lowest) else { return }
        axis = .losses(lowest, top + 0.05 * (top - lowest))
        let upper = axis.upper
        let count = losses.count { $0 > upper }
        if highest > upper { above = (count, highest) }
    }
}
