import Foundation

/// What the system says of this process, under the names that Prometheus' own clients use.
struct ProcessFigures {
    let residentBytes: Int
    let processorSeconds: Double
    let openFiles: Int
    /// Seconds since 1970.
    let startTime: Double

    /// Nil where `/proc` is not as Linux has it.
    init?() {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard let stat = Self.text("/proc/self/stat"), let end = stat.lastIndex(of: ")"),
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"),
            let boot = Self.bootTime
        else { return nil }
        // The name before the bracket may have anything in it. Then come the state and, from the
        // fourth field of proc(5) on, numbers.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        func field(_ number: Int) -> Double? {
            fields.count > number - 3 ? Double(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let start = field(22),
            let pages = field(24)
        else { return nil }
        processorSeconds = (user + system) / ticks
        residentBytes = Int(pages) * Int(sysconf(Int32(_SC_PAGESIZE)))
        openFiles = files.count
        startTime = boot + start / ticks
    }

    private static var bootTime: Double? {
        let line = text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
