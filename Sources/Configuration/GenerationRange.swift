/// The lengths, penalties and so on that may be asked for, over what the configuration says.
public enum GenerationRange {
    public static let length = 1...1_000_000
    /// Replies to one request.
    public static let choices = 1...64
    public static let temperature = 0.0...5.0
    public static let topK = 0...1_000_000
    public static let topP = 0.0...1.0
    public static let penalize = 0.0...1.0
    public static let presencePenalty = -2.0...2.0
    public static let logitBias = -100.0...100.0
    public static let logitBiasCount = 1000
    public static let seed = Int.min...Int.max
    public static let deadlineMilliseconds = 1...600_000
    public static let stopCount = 16
    public static let stopBytes = 256
}
