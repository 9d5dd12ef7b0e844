import Glibc

/// Paths as plain text, and what stands at them.
enum Path {
    /// What is at a path, links followed.
    enum Kind: Equatable {
        case nothing
        case folder
        case file(size: Int)
        case other
    }

    static func kind(_ path: String) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file(size: Int(status.st_size))
        default: return .other
        }
    }

    /// Whether a link stands at a path, wherever it leads.
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            throw CheckpointError.cannotOpen(path: folder, errno: errno)
        }
        defer { closedir(stream) }
        return names(from: stream).sorted()
    }

    /// The names in an open folder, in no order.
    static func names(from stream: OpaquePointer, atMost count: Int = .max) -> [String] {
        var names: [String] = []
        while names.count < count, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// `name` below `folder`; `name` itself where it is absolute.
    static func join(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") || folder.isEmpty || folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// An absolute path without empty parts, dots and a slash at the end; ".." stays.
    static func standardized(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// The folder a path is in: "." for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func sibling(_ name: String, of path: String) -> String {
        join(folder(of: path), name)
    }

    /// Whether a name out of a file stays in the folder it is looked up in.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.utf8.contains(0)
    }
}
