import Foundation

/// One axis of a picture: what it spans, and the round values marked on it.
struct CurveAxis: Equatable {
    var lower: Double
    var upper: Double
    var ticks: [Double]
    /// How far apart the ticks are: 1, 2 or 5 times a power of ten.
    var spacing: Double

    /// Where a value lies: 0 at `lower`, 1 at `upper`.
    func share(_ value: Double) -> Double { (value - lower) / (upper - lower) }

    /// The axis of steps: from the first to the last, with whole numbers marked.
    static func steps(_ first: Int, _ last: Int) -> CurveAxis {
        let lower = Double(first)
        let upper = max(Double(last), (lower + 1).nextUp)
        let spacing = max(round(upper - lower, parts: 8), 1)
        return CurveAxis(
            lower: lower, upper: upper, ticks: multiples(spacing, lower, upper), spacing: spacing)
    }

    /// The axis of losses, which ends at marked values.
    static func losses(_ lowest: Double, _ highest: Double) -> CurveAxis {
        var (lowest, highest) = (lowest, highest)
        // Where all is one value, room around it.
        let least = max(abs(highest) * 0.02, 0.001)
        if highest - lowest < least {
            let middle = (lowest + highest) / 2
            (lowest, highest) = (middle - least, middle + least)
        }
        let spacing = round(highest - lowest, parts: 6)
        let lower = (lowest / spacing + 1e-9).rounded(.down) * spacing
        let upper = (highest / spacing - 1e-9).rounded(.up) * spacing
        return CurveAxis(
            lower: lower, upper: upper, ticks: multiples(spacing, lower, upper), spacing: spacing)
    }

    /// The text of a tick, with as many decimals as the spacing needs.
    func label(_ tick: Double) -> String {
        let decimals = max(Int((-log10(spacing) - 1e-9).rounded(.up)), 0)
        // A tick at zero may have come out a little below it.
        let value = abs(tick) < spacing / 2 ? 0 : tick
        return decimals == 0
            ? HumanUnits.grouped(value) : String(format: "%.\(decimals)f", value)
    }

    /// The least round spacing that cuts `width` into no more than `parts`.
    private static func round(_ width: Double, parts: Double) -> Double {
        let wanted = width / parts
        let power = pow(10, log10(wanted).rounded(.down))
        let factor = [1, 2, 5, 10].first { $0 * power >= wanted * (1 - 1e-9) }
        return (factor ?? 10) * power
    }

    private static func multiples(
        _ spacing: Double, _ lower: Double, _ upper: Double
    ) -> [Double] {
        let first = (lower / spacing - 1e-9).rounded(.up)
        return (0...20).map { (first + Double($0)) * spacing }
            .filter { $0 <= upper + spacing * 1e-6 }
    }
}
