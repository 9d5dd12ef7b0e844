import ArgumentParser
import GPT2

/// How tokens are chosen; names and defaults are the original's.
struct SamplingArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "What logits are divided by; 0 always takes the likeliest token.")
    var temperature = 1.0

    @Option(
        name: .customLong("top_k"), parsing: .unconditional,
        help: "Choose among the K likeliest; 0 is among all.")
    var topK = 0

    @Option(
        name: .customLong("top_p"), parsing: .unconditional,
        help: "Choose among the fewest that reach this probability; 0 leaves it to --top_k.")
    var topP = 0.0

    @Option(
        parsing: .unconditional,
        help: "Between 0 and 1: makes tokens that were used less likely; 0 and 1 are off.")
    var penalize = 0.0

    @Option(
        parsing: .unconditional, help: "Fixes the text. Left out, it is another one each time.",
        transform: seedNumber)
    var seed: UInt64?

    private static func seedNumber(_ argument: String) throws -> UInt64 {
        guard let seed = UInt64(argument) else {
            throw ValidationError(
                "it must be a whole number from 0 to \(UInt64.max).")
        }
        return seed
    }

    func validate() throws {
        let ranges = [
            ("temperature", temperature, 0...100.0), ("top_p", topP, 0...1.0),
            ("penalize", penalize, 0...1.0),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw ValidationError(
                "--\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        guard topK >= 0 else { throw ValidationError("--top_k is \(topK); it must be 0 or more.") }
    }

    func settings(seed: UInt64) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.temperature = temperature
        settings.topK = topK
        settings.topP = topP
        settings.penalize = penalize
        settings.seed = seed
        return settings
    }
}
