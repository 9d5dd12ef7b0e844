import ArgumentParser
import GPT2

/// The samples a run draws on its way. Names and defaults are the original's.
struct SampleOptions: ParsableArguments {
    @Option(
        name: .customLong("sample_every"),
        help: ArgumentHelp("Draw samples every so many steps; 0 is never.", valueName: "steps"))
    var every = 100

    @Option(
        name: .customLong("sample_length"), parsing: .unconditional,
        help: "Tokens of a sample; -1 is one less than the window.")
    var length = -1

    @Option(name: .customLong("sample_num"), help: "How many samples at a time.")
    var count = 1

    @Option(name: .customLong("top_k"), help: "Choose among the K likeliest; 0 is among all.")
    var topK = 40

    @Option(
        name: .customLong("top_p"), parsing: .unconditional,
        help: "Choose among the fewest that reach this probability; 0 leaves it to --top_k.")
    var topP = 0.0

    func validate() throws {
        for (flag, value) in [("sample_every", every), ("sample_num", count), ("top_k", topK)]
        where value < 0 {
            throw ValidationError("--\(flag) is \(value); it must be 0 or more.")
        }
        guard length == -1 || length > 0 else {
            throw ValidationError("--sample_length is \(length); it must be 1 or more.")
        }
        guard (0...1).contains(topP) else {
            throw ValidationError("--top_p is \(topP); it must be from 0 to 1.")
        }
    }

    func settings(seed: UInt64) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.topK = topK
        settings.topP = topP
        settings.seed = seed
        return settings
    }
}
