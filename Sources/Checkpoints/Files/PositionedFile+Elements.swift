extension PositionedFile {
    /// Reads a run of elements as f32, in parallel when it is long.
    ///
    /// - Parameters:
    ///   - offset: of the first element.
    ///   - type: how they are stored.
    ///   - destination: filled whole.
    ///   - tensor: whose elements they are, for the errors.
    ///   - visit: called with each chunk's elements and stored bytes, on several threads at once.
    /// - Throws: `CheckpointError`: not a floating type, outside the file, changed meanwhile.
    func readElements(
        at offset: Int, of type: ElementType, into destination: UnsafeMutableBufferPointer<Float>,
        tensor: String,
        visit: @Sendable (Range<Int>, UnsafeRawBufferPointer) -> Void = { _, _ in }
    ) throws {
        guard type.isFloating, let width = type.byteCount else {
            throw CheckpointError.notFloating(path: path, tensor: tensor, type: type)
        }
        let part = "tensor \(tensor)"
        let (byteCount, overflow) = destination.count.multipliedReportingOverflow(by: width)
        try requireRange(at: offset, count: overflow ? -1 : byteCount, of: part)
        let target = Destination(buffer: destination)
        // Checked for the whole run, so no offset below can overflow.
        try ParallelRead.forEachChunk(of: destination.count, width: width) { range in
            let room = UnsafeMutableBufferPointer(rebasing: target.buffer[range])
            let start = offset + range.lowerBound * width
            if type == .float32 {
                let bytes = UnsafeMutableRawBufferPointer(room)
                try read(at: start, into: bytes, part: part)
                visit(range, UnsafeRawBufferPointer(bytes))
                return
            }
            try withUnsafeTemporaryAllocation(
                byteCount: range.count * width, alignment: 64
            ) { scratch in
                try read(at: start, into: scratch, part: part)
                visit(range, UnsafeRawBufferPointer(scratch))
                ElementConversion.convert(UnsafeRawBufferPointer(scratch), of: type, into: room)
            }
        }
    }
}
