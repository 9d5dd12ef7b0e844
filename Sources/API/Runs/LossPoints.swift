import Foundation
import JSON

/// Values at steps, cut down to what a picture shows, with the lowest and the highest of neighbours
/// kept.
struct LossPoints: Sendable, Equatable {
    struct Point: Sendable, Equatable {
        var step: Int
        var value: Double
    }

    /// In the order of their steps; all values are finite.
    let points: [Point]

    /// - Parameters:
    ///   - points: in the order of their steps; what is not finite is left out.
    ///   - limit: 4 or more; how many stay at most.
    init(_ points: [Point], limit: Int) {
        let finite = points.filter(\.value.isFinite)
        guard finite.count > limit, let last = finite.last else {
            self.points = finite
            return
        }
        // Two of each, and the last.
        let buckets = (limit - 1) / 2
        var kept: [Point] = []
        for bucket in 0..<buckets {
            let part = finite[
                finite.count * bucket / buckets..<finite.count * (bucket + 1) / buckets]
            guard let low = part.min(by: { $0.value < $1.value }),
                let high = part.max(by: { $0.value < $1.value })
            else { continue }
            kept += low.step < high.step ? [low, high] : low == high ? [low] : [high, low]
        }
        if kept.last != last { kept.append(last) }
        self.points = kept
    }

    /// `[[step, value], …]`, to six digits.
    var json: JSONValue {
        .array(
            points.map { point in
                let rounded = Double(String(format: "%.6g", point.value)) ?? point.value
                return [.integer(point.step), .number(rounded)]
            })
    }
}
