import Checkpoints
import Foundation
import Tokenizer

/// Writes texts as nanoGPT's token shards: files of 16-bit ids, each text after an end-of-text
/// token, cut wherever a shard is full.
///
/// The first shard is named for validation (`tokens_val_000000.npy`), all others for training
/// (`tokens_train_000001.npy`). Where everything fits into one, its first tenth is the one and
/// the rest the other, since nothing could be learned from a shard for validation.
///
/// All have hidden names until the last is written, the one for validation the longest: of a set that
/// was broken off, `Dataset.open` sees that it is.
public struct ShardWriter {
    public enum Format: String, Sendable, CaseIterable {
        /// NumPy's, of type `uint16`.
        case npy
        /// The ids and nothing else, little-endian.
        case bin
    }

    /// A file that has been written.
    public struct Shard: Sendable, Equatable {
        public let path: String
        public let tokenCount: Int
    }

    /// How many tokens a shard may be asked to have; they are in memory until it is full.
    public static let allowedLengths = 1...(1 << 31)

    private let folder: URL
    /// Two sets of one name would be one to whoever learns from them.
    private let lock: FolderLock
    private let length: Int
    private let format: Format
    private let vocabularySize: Int
    private let endOfText: UInt16
    private var pending: [UInt16] = []
    private var shards: [Shard] = []

    /// - Parameters:
    ///   - folder: made where there is none; its name begins the shards' names.
    ///   - length: the tokens of a full shard.
    ///   - format: of the files.
    ///   - tokenizer: the one that makes the tokens; its last id ends texts where it has no
    ///     token of that name.
    /// - Throws: `DatasetError`: a vocabulary of more than 65,536 tokens, a length that cannot
    ///   be, shards that are there already, a folder that cannot be made, or into which another
    ///   process writes.
    public init(
        folder: String, length: Int, format: Format, tokenizer: BytePairTokenizer
    ) throws(DatasetError) {
        guard Self.allowedLengths.contains(length) else {
            throw .shardLength(length, allowed: Self.allowedLengths)
        }
        let vocabularySize = tokenizer.vocabularyCount
        guard vocabularySize > 0, let last = UInt16(exactly: vocabularySize - 1) else {
            throw .vocabularyTooLarge(count: vocabularySize)
        }
        self.folder = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
        self.length = length
        self.format = format
        self.vocabularySize = vocabularySize
        endOfText = tokenizer.endOfText.flatMap { UInt16(exactly: $0) } ?? last
        let place = self.folder
        try DatasetError.naming(folder) {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        lock = try Self.lock(folder)
        let names = try DatasetError.naming(folder) {
            try FileManager.default.contentsOfDirectory(atPath: place.path)
        }
        // First, as beside shards that have their names the hidden ones say that the set was broken off.
        if let shard = names.sorted().first(where: { FileKind(path: $0) == .shard }) {
            throw .shardsThere(folder: folder, shard: shard)
        }
        for name in names where Self.isUnfinished(name) {
            // What cannot be removed is written over, or says then why not.
            unlink(place.appendingPathComponent(name).path)
        }
    }

    private static func lock(_ folder: String) throws(DatasetError) -> FolderLock {
        do {
            return try FolderLock(folder)
        } catch {
            throw switch error {
            case .isHeld: .folderInUse(folder)
            case .cannotOpen(let errno):
                .system(path: folder, reason: String(cString: strerror(errno)))
            }
        }
    }

    /// Adds a text; one without tokens is left out.
    ///
    /// - Throws: `DatasetError` where an id is none of the vocabulary or a shard cannot be
    ///   written.
    public mutating func add(_ ids: [TokenID]) throws(DatasetError) {
        guard !ids.isEmpty else { return }
        let list = try TokenList(ids, vocabularySize: vocabularySize, path: folder.path)
        guard case .narrow(let narrow) = list else { return }
        pending.append(endOfText)
        pending += narrow
        // One token more than a shard shows that there will be a second.
        while pending.count > length { try write(length) }
    }

    /// Writes what is left, and gives all shards their names.
    ///
    /// - Returns: all shards, the one for validation first.
    /// - Throws: `DatasetError.empty` where no text had a token; a full disk and the like.
    public mutating func finish() throws(DatasetError) -> [Shard] {
        guard !pending.isEmpty else { throw .empty(path: folder.path) }
        if shards.isEmpty { try write(max(1, pending.count / 10)) }
        try write(pending.count)
        let paths = shards.map(\.path)
        try DatasetError.naming(folder.path) {
            for path in paths.reversed() {
                guard rename(Self.hidden(path), path) == 0 else {
                    throw CheckpointError.cannotWrite(
                        path: path, operation: "rename", errno: errno)
                }
            }
            try AtomicFile.syncFolder(folder.path, of: folder.path)
        }
        return shards
    }

    /// Removes what has been written, when something has gone wrong.
    public func discard() {
        for shard in shards {
            unlink(Self.hidden(shard.path))
            unlink(shard.path)
        }
    }

    /// Where a shard stands until all are written.
    private static func hidden(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent)\(hiddenEnd)").path
    }

    private static let hiddenEnd = ".new"

    /// Whether a file of this name is a shard of a set that is not whole.
    static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(hiddenEnd)
            && FileKind(path: String(name.dropLast(hiddenEnd.count))) == .shard
    }

    private mutating func write(_ count: Int) throws(DatasetError) {
        let ids = Array(pending.prefix(count))
        pending.removeFirst(count)
        let number = String(shards.count)
        let digits = String(repeating: "0", count: max(0, 6 - number.count)) + number
        let parts = [name, shards.isEmpty ? "val" : "train", digits]
        let path = folder.appendingPathComponent(
            parts.joined(separator: "_") + "." + format.rawValue
        ).path
        let format = format
        let hidden = Self.hidden(path)
        try DatasetError.naming(path) {
            switch format {
            case .npy: try NPYArray(.uint16(ids)).write(to: hidden)
            case .bin:
                let byteCount = ids.count * MemoryLayout<UInt16>.size
                try AtomicFile.write(to: hidden, byteCount: byteCount) { file in
                    try ids.map(\.littleEndian).withUnsafeBytes { try file.append($0) }
                }
            }
        }
        shards.append(Shard(path: path, tokenCount: ids.count))
    }

    private var name: String {
        let name = folder.lastPathComponent
        return name.isEmpty || name == "/" ? "tokens" : name
    }
}
