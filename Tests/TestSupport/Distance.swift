/// The largest difference of two elements; infinite where one is not a number, or the counts differ,
/// so that no comparison takes such for near.
public func distance<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
    _ left: [Left], _ right: [Right]
) -> Double {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}

/// The size of the largest element.
public func magnitude<Number: BinaryFloatingPoint>(_ values: [Number]) -> Double {
    values.reduce(0) { max($0, abs(Double($1))) }
}
