import Foundation

/// The text files that a training set is made of.
public enum TextFiles {
    /// A file may have this many bytes: a quarter of the machine's memory, because reading and
    /// encoding it takes several times its size.
    public static let byteLimit = Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)

    /// The files that `path` means: itself, all below it if it is a folder, or those that match it
    /// as a pattern of the shell's kind. In the order of their names, so that it is the same on
    /// every machine; files and folders whose names begin with a dot are left out.
    ///
    /// - Throws: `TokenizerError` when there is none, or a folder cannot be read.
    public static func matching(_ path: String) throws -> [String] {
        let files =
            switch isFolder(path) {
            case nil: try matches(of: path)
            case true?: try Self.files(below: path)
            case false?: [path]
            }
        guard !files.isEmpty else { throw TokenizerError(.noTexts, file: path) }
        return files
    }

    /// The text of a file in UTF-8, every CR LF and every CR made a line feed, as Python reads it.
    ///
    /// - Throws: `TokenizerError` when it cannot be read or is not UTF-8, with the first wrong byte.
    public static func read(_ path: String) throws -> String {
        let bytes = try WholeFile.read(path, limit: byteLimit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let offset = UTF8Sequence.firstInvalid(in: bytes)
            throw TokenizerError(.textNotUTF8(offset: offset), file: path)
        }
        guard bytes.contains(UInt8(ascii: "\r")) else { return text }
        var mended: [UInt8] = []
        mended.reserveCapacity(bytes.count)
        var isAfterReturn = false
        for byte in bytes {
            let isReturn = byte == UInt8(ascii: "\r")
            if isReturn {
                mended.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || !isAfterReturn {
                mended.append(byte)
            }
            isAfterReturn = isReturn
        }
        return String(decoding: mended, as: UTF8.self)
    }

    /// - Throws: `TokenizerError` naming a folder that cannot be read: texts left out unseen would
    ///   be missed only once a model has learned without them.
    private static func files(below folder: String) throws(TokenizerError) -> [String] {
        var failure: TokenizerError?
        let found = FileManager.default.enumerator(
            at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil,
            options: [.skipsHiddenFiles],
            errorHandler: { url, error in
                let reason =
                    access(url.path, R_OK | X_OK) == 0
                    ? (error as NSError).localizedDescription : String(cString: strerror(errno))
                failure = TokenizerError(.unreadable(reason: reason), file: url.path)
                return false
            })
        let files = (found?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }
        if let failure { throw failure }
        return files.map(\.path).sorted()
    }

    private static func matches(of pattern: String) throws -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        let paths = (0..<Int(result.gl_pathc)).compactMap { index in
            result.gl_pathv[index].map { String(cString: $0) }
        }
        return try paths.flatMap { isFolder($0) == true ? try files(below: $0) : [$0] }
    }

    /// Nil when there is nothing at `path`.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists ? isFolder.boolValue : nil
    }
}
