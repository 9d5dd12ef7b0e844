/// A token's number in its vocabulary.
public typealias TokenID = Int32

/// What `<|endoftext|>` means where it stands in a text.
public enum EndOfText: Sendable, Hashable {
    /// Thirteen ordinary characters, as the original encoder and every model fine-tuned with it
    /// take them.
    case literal
    /// The one token of that name; in a vocabulary without it, the same as `literal`.
    case special

    /// How the token is spelled.
    public static let spelling = "<|endoftext|>"
}
