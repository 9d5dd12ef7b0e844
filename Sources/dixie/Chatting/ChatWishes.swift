import ArgumentParser

/// How replies are made from the chat's beginning, as `/set` changes it later.
struct ChatWishes: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "What logits are divided by; 0 always takes the likeliest token.")
    var temperature: String?

    @Option(
        name: [.customShort("m"), .customLong("length")], parsing: .unconditional,
        help: "How many tokens a reply may have.")
    var length: String?

    @Option(
        name: .customLong("top_k"), parsing: .unconditional,
        help: "Choose among the K likeliest; 0 is among all.")
    var topK: String?

    @Option(
        name: .customLong("top_p"), parsing: .unconditional,
        help: "Choose among the fewest that reach this probability; 0 is off.")
    var topP: String?

    @Option(
        parsing: .unconditional,
        help: "Between 0 and 1: makes tokens that were used less likely; 0 and 1 are off.")
    var penalize: String?

    @Option(
        parsing: .unconditional,
        help: "Fixes the replies: those of POST /invocations with the same seed.")
    var seed: String?

    func validate() throws { _ = try settings() }

    /// What was asked for; the rest is the model's own.
    ///
    /// - Throws: `ValidationError` for what is out of its range.
    func settings() throws -> ChatSettings {
        var settings = ChatSettings()
        for (name, value) in [
            ("temperature", temperature), ("length", length), ("top_k", topK), ("top_p", topP),
            ("penalize", penalize), ("seed", seed),
        ] {
            guard let value else { continue }
            do {
                try settings.set(name, to: value)
            } catch {
                throw ValidationError("--\(error).")
            }
        }
        return settings
    }
}
