extension NPYArray {
    /// Writes a `.npy` file that `numpy.load` opens, whole or not at all; see `AtomicFile`.
    ///
    /// - Parameter path: the file, replaced if there is one.
    /// - Throws: `CheckpointError`: a full disk and the like.
    public func write(to path: String) throws {
        guard let header = NPYHeader.bytes(of: elements.type, shape: shape) else {
            throw CheckpointError.cannotRepresent(
                path: path, fault: "the array has too many dimensions")
        }
        try elements.withUnsafeBytes { elements in
            try AtomicFile.write(to: path, byteCount: header.count + elements.count) { file in
                try file.append(header)
                try file.append(elements)
            }
        }
    }
}
