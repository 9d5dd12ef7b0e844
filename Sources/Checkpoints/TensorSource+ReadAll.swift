/// A tensor to be read and where its elements go.
public struct TensorDestination: @unchecked Sendable {
    // Sendable because the buffer is the caller's promise: nothing else touches it until
    // `readAll` returns, and there only the one worker that took this tensor does.
    public let name: String
    public let elements: UnsafeMutableBufferPointer<Float>

    public init(name: String, elements: UnsafeMutableBufferPointer<Float>) {
        self.name = name
        self.elements = elements
    }
}

extension TensorSource {
    /// Reads many tensors, several at a time.
    ///
    /// Workers take the largest tensors first, so that none is left alone with the embedding at
    /// the end; a large tensor is itself read in chunks by whichever threads are free.
    ///
    /// - Parameter destinations: names from `tensors`, each buffer as large as its tensor and
    ///   overlapping no other.
    /// - Throws: the first `CheckpointError`; the buffers then hold anything.
    public func readAll(_ destinations: [TensorDestination]) throws {
        let largestFirst = destinations.sorted { $0.elements.count > $1.elements.count }
        try ParallelRead.forEach(largestFirst.count) { index in
            try read(largestFirst[index].name, into: largestFirst[index].elements)
        }
    }
}

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
