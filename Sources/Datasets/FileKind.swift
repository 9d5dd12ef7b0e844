/// What a file of a data set is, by the end of its name.
enum FileKind: Equatable {
    case text
    case csv
    /// `.npz`: arrays of token ids, each a text of its own.
    case arrays
    /// `.bin` and `.npy`: token ids, a piece of one stream.
    case shard

    init(path: String) {
        self =
            switch Self.suffix(of: path) {
            case ".csv": .csv
            case ".npz": .arrays
            case ".bin", ".npy": .shard
            default: .text
            }
    }

    /// The name's end from its last dot on, in small letters; empty without one.
    static func suffix(of path: String) -> String {
        let name = name(of: path)
        return name.lastIndex(of: ".").map { name[$0...].lowercased() } ?? ""
    }

    /// What matches all files of the same kind in the same folder.
    static func pattern(of path: String) -> String {
        path.dropLast(name(of: path).count) + "*" + suffix(of: path)
    }

    static func name(of path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }

    /// Whether a shard is kept for validation, as the last of these words in its name says:
    /// `tokens_val_000000.npy`, `val.bin`.
    static func isValidation(_ path: String) -> Bool {
        let words = name(of: path).lowercased().split { !$0.isLetter }
        let last = words.last { ["train", "val", "valid", "validation"].contains($0) }
        return last.map { $0 != "train" } ?? false
    }
}
