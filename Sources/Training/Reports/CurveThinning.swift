/// A line of thousands of points cut down to what a picture can show, spikes kept.
enum CurveThinning {
    /// At most `limit` points: of each bucket of neighbours the lowest and the highest, in their
    /// order, and the last of all.
    ///
    /// - Parameters:
    ///   - points: in the order of their steps.
    ///   - limit: 4 or more.
    /// - Returns: the points that stay; a gap where a bucket has nothing to draw.
    static func thinned(_ points: [LossCurve.Point], limit: Int = 1_000) -> [LossCurve.Point] {
        guard points.count > limit, let last = points.last else { return points }
        let buckets = limit / 2 - 1
        var kept: [LossCurve.Point] = []
        for bucket in 0..<buckets {
            // Never beyond the count, and none is empty: there are fewer buckets than points.
            let start = share(points.count, bucket, of: buckets)
            let part = points[start..<share(points.count, bucket + 1, of: buckets)]
            let drawable = part.filter(\.isDrawable)
            guard let low = drawable.min(by: { $0.value < $1.value }),
                let high = drawable.max(by: { $0.value < $1.value })
            else {
                if let first = part.first { kept.append(first) }
                continue
            }
            if low.step == high.step {
                kept.append(low)
            } else {
                kept += low.step < high.step ? [low, high] : [high, low]
            }
        }
        if kept.last != last { kept.append(last) }
        return kept
    }

    private static func share(_ count: Int, _ part: Int, of parts: Int) -> Int {
        Int(Double(count) * Double(part) / Double(parts))
    }
}
