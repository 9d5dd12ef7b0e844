/// How far a gradient is from the slope that central differences show, as a part of the largest
/// element of either.
///
/// - Parameters:
///   - point: where the gradient was taken.
///   - gradient: by every element of `point`.
///   - indices: which of them to look at; nil for all.
///   - function: what was differentiated.
/// - Returns: the largest difference over the largest element.
public func distanceFromSlope(
    at point: [Double], gradient: [Double], indices: [Int]? = nil,
    of function: ([Double]) -> Double
) -> Double {
    let step = 1e-5
    var worst = 0.0
    var largest = 1e-12
    for index in indices ?? Array(point.indices) {
        var (above, below) = (point, point)
        above[index] += step
        below[index] -= step
        let slope = (function(above) - function(below)) / (2 * step)
        worst = max(worst, abs(slope - gradient[index]))
        largest = max(largest, abs(slope), abs(gradient[index]))
    }
    return worst / largest
}
