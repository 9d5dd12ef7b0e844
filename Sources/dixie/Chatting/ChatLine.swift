/// What a line that was typed into a chat asks for.
enum ChatLine: Equatable, Sendable {
    /// White space, or not even that.
    case nothing
    case message(String)
    case order(ChatOrder)

    /// A line that begins with a slash is an order, unless it begins with two: then it is a message
    /// that begins with one.
    ///
    /// - Parameter text: the line without its end.
    /// - Throws: `ChatMistake` for what is no order.
    init(_ text: String) throws(ChatMistake) {
        if text.allSatisfy(\.isWhitespace) {
            self = .nothing
        } else if text.hasPrefix("//") {
            self = .message(String(text.dropFirst()))
        } else if text.hasPrefix("/") {
            self = .order(try ChatOrder(text.dropFirst()))
        } else {
            self = .message(text)
        }
    }
}
