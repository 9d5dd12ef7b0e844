/// The slopes of `function` at `point` by some elements, as central differences of fourth order.
///
/// With a step of 1e-3 both what the step leaves out and what rounding adds come to about 1e-12 of
/// the function's size; two points instead of four would give 1e-10 at best.
///
/// - Parameters:
///   - function: smooth around `point`.
///   - point: where the slopes are wanted.
///   - elements: by which elements; nil means all.
/// - Returns: a slope for each of the elements, in their order.
public func slopes(
    of function: ([Double]) -> Double, at point: [Double], by elements: [Int]? = nil
) -> [Double] {
    (elements ?? Array(point.indices)).map { element in
        let step = 1e-3 * max(1, abs(point[element]))
        func difference(_ distance: Double) -> Double {
            var (above, below) = (point, point)
            above[element] += distance
            below[element] -= distance
            return (function(above) - function(below)) / (above[element] - below[element])
        }
        return (4 * difference(step) - difference(2 * step)) / 3
    }
}

/// The largest relative error of a gradient; an element smaller than a thousandth of the largest
/// counts as that large, for a difference of larger numbers has no more digits.
public func relativeError(of gradient: [Double], from slopes: [Double]) -> Double {
    guard gradient.count == slopes.count else { return .infinity }
    let least = max(1e-3 * magnitude(slopes), 1e-6)
    return zip(gradient, slopes).reduce(0) { largest, pair in
        let error = abs(pair.0 - pair.1) / max(abs(pair.1), least)
        return error.isNaN ? .infinity : max(largest, error)
    }
}

/// One number made of many outputs, whose gradient by them is `weights`.
public func weightedSum(_ outputs: [Double], by weights: [Double]) -> Double {
    precondition(outputs.count == weights.count, "an output has one weight")
    return zip(outputs, weights).reduce(0) { $0 + $1.0 * $1.1 }
}
