import Foundation

/// Finds the checkpoint in a folder, or the one that a path means.
///
/// In a folder the first of these counts; files of no bytes, which the original leaves where it
/// deleted old checkpoints, never do:
/// 1. the highest N of `model-N.safetensors`, `.hdf5`, `.npz` and `.index`; a pickle with a higher
///    number is refused, because what it was passed over for would be an older model;
/// 2. what the text file `checkpoint` names;
/// 3. `model.safetensors`, or its index where it is cut into several files;
/// 4. the only file that looks like a checkpoint.
public enum CheckpointFinder {
    /// The checkpoint that a path means.
    ///
    /// - Parameter path: a folder; a file; or a checkpoint's name without its suffix, as
    ///   TensorFlow says it (`checkpoint/run1/model-500`).
    /// - Returns: the checkpoint; nil where `path` is a folder without one.
    /// - Throws: `CheckpointError`: nothing there, a pickle where the newest should be, the one
    ///   that the text file names gone, several and no way to choose.
    public static func find(_ path: String) throws -> CheckpointFile? {
        switch Path.kind(path) {
        case .folder: return try find(inFolder: path)
        case .file: return try file(path)
        case .other: throw CheckpointError.notAFile(path: path, kind: "a device or pipe")
        case .nothing:
            let candidates = CheckpointSuffix.allCases.map { "\(path).\($0.rawValue)" }
            guard let found = try candidates.first(where: isUsable) else {
                throw CheckpointError.noCheckpoint(folder: path, tried: [path] + candidates)
            }
            return described(found)
        }
    }

    /// All checkpoints in a folder that have a number, of whatever kind, in no order.
    ///
    /// - Throws: `CheckpointError` where the folder cannot be read.
    public static func numbered(inFolder folder: String) throws -> [CheckpointFile] {
        try Path.names(in: folder).filter { NumberedCheckpoint($0) != nil }
            .map { Path.join(folder, $0) }.filter(isUsable).map(described)
    }

    /// The N of a name such as `model-N.hdf5`; nil for every other name.
    public static func step(inName name: String) -> Int? { NumberedCheckpoint(name)?.number.step }

    /// What `find(_:)` looks for in a folder, as paths a person recognises.
    static func patterns(in folder: String) -> [String] {
        [
            "model-N.safetensors", "model-N.hdf5", "model-N.npz", "model-N.index", "checkpoint",
            "model.safetensors", "model.safetensors.index.json",
        ].map { Path.join(folder, $0) }
    }

    private static func file(_ path: String) throws -> CheckpointFile {
        let name = Path.name(of: path)
        if CheckpointSuffix.isPickle(name) { throw CheckpointError.pickle(path: path) }
        // A TensorFlow checkpoint named by its data instead of its index.
        if let data = name.range(of: ".data-", options: .backwards) {
            let index = Path.sibling(name[..<data.lowerBound] + ".index", of: path)
            if try isUsable(index) { return described(index) }
        }
        return described(path)
    }

    private static func described(_ path: String) -> CheckpointFile {
        CheckpointFile(path: path, step: NumberedCheckpoint(Path.name(of: path))?.number.step)
    }

    private static func find(inFolder folder: String) throws -> CheckpointFile? {
        let names = try Path.names(in: folder)
        let visible = names.filter { !$0.hasPrefix(".") }
        let usable = try visible.filter { try isUsable(Path.join(folder, $0)) }
        let numbered = usable.compactMap { name in
            NumberedCheckpoint(name).map { (name: name, number: $0) }
        }
        let latest = numbered.max { $0.number < $1.number }
        if let pickle = latestPickle(among: usable),
            latest.map({ $0.number.number < pickle.number }) ?? true
        {
            throw CheckpointError.pickle(path: Path.join(folder, pickle.name))
        }
        if let latest {
            return described(Path.join(folder, latest.name))
        }
        if let named = try namedByTextFile(in: folder) { return named }
        for name in ["model.safetensors", "model.safetensors.index.json"]
        where usable.contains(name) {
            return CheckpointFile(path: Path.join(folder, name))
        }
        let likely = usable.filter { CheckpointSuffix(of: $0) != nil }
        if likely.count > 1 {
            throw CheckpointError.severalCheckpoints(folder: folder, found: likely)
        }
        if let only = likely.first { return CheckpointFile(path: Path.join(folder, only)) }
        if let pickle = usable.first(where: CheckpointSuffix.isPickle) {
            throw CheckpointError.pickle(path: Path.join(folder, pickle))
        }
        return nil
    }

    private static func latestPickle(
        among names: [String]
    ) -> (name: String, number: CheckpointNumber)? {
        names.filter(CheckpointSuffix.isPickle)
            .compactMap { name in CheckpointNumber(name).map { (name: name, number: $0) } }
            .max { $0.number < $1.number }
    }

    /// Whether there is something in the file, and beside a bundle's index its first data.
    private static func isUsable(_ path: String) throws -> Bool {
        guard case .file(let size) = Path.kind(path), size > 0 else { return false }
        guard CheckpointSuffix(of: path) == .index else { return true }
        let prefix = path.dropLast(".index".count)
        let folder = Path.folder(of: path)
        let dataStart = Path.name(of: String(prefix)) + ".data-00000-of-"
        return try Path.names(in: folder).contains { name in
            guard name.hasPrefix(dataStart),
                case .file(let size) = Path.kind(Path.join(folder, name))
            else { return false }
            return size > 0
        }
    }

    /// The checkpoint that TensorFlow's text file `checkpoint` calls the latest.
    ///
    /// Only the last part of its path is taken: folders are moved after training, and a file in a
    /// model's folder must not lead out of it.
    private static func namedByTextFile(in folder: String) throws -> CheckpointFile? {
        let path = Path.join(folder, "checkpoint")
        guard case .file(let size) = Path.kind(path), size > 0, size <= 1 << 20 else {
            return nil
        }
        let bytes = try PositionedFile(path: path).bytes(at: 0, count: size, part: "the text")
        let key = "model_checkpoint_path:"
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        where line.hasPrefix(key) {
            let value = line.dropFirst(key.count).trimmingCharacters(in: .whitespaces)
                .trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
            let name = Path.name(of: value)
            guard Path.isPlainName(name) else { return nil }
            let prefix = Path.join(folder, name)
            let candidates =
                ["\(prefix).index"]
                + CheckpointSuffix.allCases.map { "\(prefix).\($0.rawValue)" }
                + (CheckpointSuffix(of: name) == nil ? [] : [prefix])
            if let found = try candidates.first(where: isUsable) { return described(found) }
            if CheckpointSuffix.isPickle(name), try isUsable(prefix) {
                throw CheckpointError.pickle(path: prefix)
            }
            throw CheckpointError.namedCheckpointGone(path: path, name: name, tried: candidates)
        }
        return nil
    }
}
