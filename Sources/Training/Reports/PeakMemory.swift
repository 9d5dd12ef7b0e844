import Foundation

/// The most memory that this process has had at one time.
public enum PeakMemory {
    /// In bytes, as the system counts it; nil where it does not.
    ///
    /// Not from `getrusage`, which counts what the process was before it ran this program.
    public static func byteCount() -> Int? {
        // A status without this line, or none at all, is a system that does not say.
        guard let bytes = FileManager.default.contents(atPath: "/proc/self/status") else {
            return nil
        }
        return byteCount(inStatus: String(decoding: bytes, as: UTF8.self))
    }

    static func byteCount(inStatus status: String) -> Int? {
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, words[2] == "kB", let kibibytes = Int(words[1]),
                kibibytes >= 0
            else { return nil }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }
}
