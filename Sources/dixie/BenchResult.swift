import Compute
import Foundation
import Training

/// How long something took each time, and what was done in that time.
struct BenchResult {
    /// Of each repeat, in the order they were made.
    let seconds: [Double]
    /// How many sequences, the length of each one's prompt, and its tokens that are counted.
    var batch = 1
    var prompt = 0
    var tokens = 0
    var threads = 1
    /// What a repeat gets through; 0 where it is not about that.
    var tokensPerRepeat = 0
    var bytesPerRepeat = 0

    /// Measures once for nothing, so that pages are mapped and caches warm, and then `repeats`
    /// times.
    ///
    /// - Parameters:
    ///   - repeats: how often it is measured; 1 or more.
    ///   - measure: does it once and says how long that took.
    /// - Throws: what `measure` throws.
    init(repeats: Int, _ measure: () throws -> Duration) throws {
        _ = try measure()
        seconds = try (0..<repeats).map { _ in try measure() / .seconds(1) }
    }

    /// The middle one, or the mean of the two in the middle.
    var median: Double {
        let sorted = seconds.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    var best: Double { seconds.min() ?? .infinity }

    /// The most memory the process has held so far; 0 where the system does not say.
    static var peakResidentBytes: Int {
        PeakMemory.byteCount() ?? 0
    }

    /// One JSON object; rates that mean nothing for it are 0.
    func json(_ what: String, weights: WeightFormat) -> String {
        let fields: [(String, String)] = [
            ("what", "\"\(what)\""), ("weights", "\"\(weights.rawValue)\""), ("batch", "\(batch)"),
            ("tokens", "\(tokens)"), ("prompt", "\(prompt)"), ("threads", "\(threads)"),
            ("repeats", "\(seconds.count)"),
            ("tokens_per_second", "\(Double(tokensPerRepeat) / median)"),
            ("best_tokens_per_second", "\(Double(tokensPerRepeat) / best)"),
            ("bytes_per_second", "\(Double(bytesPerRepeat) / median)"),
            ("best_bytes_per_second", "\(Double(bytesPerRepeat) / best)"),
            ("seconds", "\(median)"), ("best_seconds", "\(best)"),
            ("peak_rss_bytes", "\(Self.peakResidentBytes)"),
        ]
        return "{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    /// One line for a person.
    func line(_ what: String) -> String {
        func rates(_ amount: Int, _ unit: String, per divisor: Double = 1) -> String {
            let scaled = Double(amount) / divisor
            return amount == 0
                ? ""
                : String(
                    format: ", median %.1f %@/s, best %.1f", scaled / median, unit, scaled / best)
        }
        return String(format: "\(what): median %.4f s, best %.4f", median, best)
            + rates(tokensPerRepeat, "tokens") + rates(bytesPerRepeat, "MB", per: 1e6)
            + " (\(seconds.count) repeats, batch \(batch), prompt \(prompt), threads \(threads), "
            + "peak memory \(Self.peakResidentBytes >> 20) MiB)"
    }
}
