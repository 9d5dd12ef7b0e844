extension TensorInfo {
    /// How many elements the shape holds; nil where that does not fit in an `Int` or a dimension
    /// is negative.
    public var elementCount: Int? {
        var count = 1
        var overflowed = false
        for dimension in shape {
            guard dimension >= 0 else { return nil }
            // A later zero makes the product zero, but no honest file relies on that.
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            overflowed = overflowed || overflow
            count = overflow ? 0 : product
        }
        return overflowed ? nil : count
    }
}
