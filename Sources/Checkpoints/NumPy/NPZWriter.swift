/// Writes arrays as an `.npz` file that `numpy.load` opens.
public enum NPZWriter {
    /// Writes a file, whole or not at all; see `AtomicFile`.
    ///
    /// - Parameters:
    ///   - arrays: under names that differ, without `.npy`.
    ///   - path: the file, replaced if there is one.
    ///   - compressed: deflated as by `numpy.savez_compressed`, instead of stored.
    /// - Throws: `CheckpointError`: a name that stands twice or is empty, a full disk.
    public static func write(
        _ arrays: [(name: String, array: NPYArray)], to path: String, compressed: Bool
    ) throws {
        var names: Set<String> = []
        for (name, _) in arrays {
            guard !name.isEmpty, name.utf8.count < 0xFFF0, names.insert(name).inserted else {
                throw CheckpointError.cannotRepresent(
                    path: path, fault: "the array name \"\(name)\" is empty, too long or not unique"
                )
            }
        }
        try AtomicFile.write(to: path) { file in
            var archive = ZipWriter(file)
            for (name, array) in arrays {
                guard let header = NPYHeader.bytes(of: array.elements.type, shape: array.shape)
                else {
                    throw CheckpointError.cannotRepresent(
                        path: path, fault: "the array \(name) has too many dimensions")
                }
                try array.elements.withUnsafeBytes { elements in
                    try header.withUnsafeBytes { header in
                        try archive.add(
                            name: name + ".npy", pieces: [header, elements],
                            compressed: compressed)
                    }
                }
            }
            try archive.finish()
        }
    }
}
