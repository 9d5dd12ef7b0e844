import Foundation

/// What this machine, or the container around this process, can still give.
public enum MachineMemory {
    /// Bytes; nil where the system does not say.
    public static func available() -> Int? {
        let sources = [machine()] + containers()
        return sources.compactMap(\.self).min()
    }

    /// What can be had without swapping, with what files are kept in memory given up.
    private static func machine() -> Int? {
        number(after: "MemAvailable:", in: text("/proc/meminfo")).map { $0 << 10 }
    }

    /// What is left in this process's control group and in those around it (cgroups, version 2).
    private static func containers() -> [Int?] {
        let line = text("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") }
        guard let line else { return [] }
        // In a container of its own namespace the group is called "/".
        var folder = "/sys/fs/cgroup" + line.dropFirst(3)
        var left: [Int?] = []
        while folder.hasPrefix("/sys/fs/cgroup") {
            left.append(leftInGroup(folder))
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        return left
    }

    private static func leftInGroup(_ folder: String) -> Int? {
        guard let most = text(folder + "/memory.max").flatMap(integer),
            let taken = text(folder + "/memory.current").flatMap(integer)
        else { return nil }
        // Files that nobody has used lately are kept only for as long as there is room.
        let files = number(after: "inactive_file", in: text(folder + "/memory.stat")) ?? 0
        return most - taken + files
    }

    private static func text(_ path: String) -> String? {
        // Files of the kernel's say that they are empty, and are read to their end.
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        return try? file.readToEnd().map { String(decoding: $0, as: UTF8.self) }
    }

    private static func integer(_ text: String) -> Int? {
        Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func number(after name: String, in text: String?) -> Int? {
        let line = text?.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
}
