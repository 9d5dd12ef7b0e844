/// How many tokens a second have lately been made, so that who must wait can be told how long.
///
/// It has no clock: passes and their times come in.
struct Pace {
    private(set) var tokensPerSecond: Double?

    /// Takes note of a pass.
    ///
    /// - Parameters:
    ///   - tokens: that replies got.
    ///   - seconds: it took.
    mutating func note(tokens: Int, seconds: Double) {
        guard seconds > 0 else { return }
        let now = Double(tokens) / seconds
        // Of the last fifty passes or so: a few seconds of a busy server.
        tokensPerSecond = tokensPerSecond.map { $0 + (now - $0) / 50 } ?? now
    }

    /// How many seconds so many tokens take, a whole number from 1 to a minute: it is for who comes back,
    /// and what is known now is not true for longer.
    func seconds(for tokens: Int) -> Int {
        guard let tokensPerSecond, tokensPerSecond > 0 else { return 1 }
        return Int(max(1, min(60, (Double(tokens) / tokensPerSecond).rounded(.up))))
    }
}
