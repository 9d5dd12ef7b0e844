import Configuration
import JSON

/// What a person has set over the model's own `generation`; nil leaves it to the model.
struct ChatSettings: Equatable, Sendable {
    private(set) var temperature: Double?
    private(set) var length: Int?
    private(set) var topK: Int?
    private(set) var topP: Double?
    private(set) var penalize: Double?
    private(set) var seed: Int?

    /// The names they have in `POST /invocations` too.
    static let names = ["temperature", "length", "top_k", "top_p", "penalize", "seed"]

    /// Changes one.
    ///
    /// - Parameters:
    ///   - name: one of `names`.
    ///   - word: its value, or `default`.
    /// - Throws: `ChatMistake` for any other name, and for a value out of the range that requests
    ///   are held to.
    mutating func set(_ name: String, to word: String) throws(ChatMistake) {
        switch name {
        case "temperature": temperature = try number(word, name, GenerationRange.temperature)
        case "length": length = try integer(word, name, GenerationRange.length)
        case "top_k": topK = try integer(word, name, GenerationRange.topK)
        case "top_p": topP = try number(word, name, GenerationRange.topP)
        case "penalize": penalize = try number(word, name, GenerationRange.penalize)
        case "seed": seed = try integer(word, name, GenerationRange.seed)
        default: throw Self.unknown(name)
        }
    }

    /// Each with its value, in the order of `names`; nil where it is the model's.
    var values: [(name: String, value: JSONValue?)] {
        [
            ("temperature", temperature.map { .number($0) }),
            ("length", length.map { .integer($0) }), ("top_k", topK.map { .integer($0) }),
            ("top_p", topP.map { .number($0) }), ("penalize", penalize.map { .number($0) }),
            ("seed", seed.map { .integer($0) }),
        ]
    }

    /// A line such as `temperature 0.5`.
    ///
    /// - Parameter name: of which; nil for a line each.
    /// - Returns: the lines.
    /// - Throws: `ChatMistake` for a name that is none.
    func lines(_ name: String?) throws(ChatMistake) -> [String] {
        let shown = values.filter { name == nil || $0.name == name }
        if let name, shown.isEmpty { throw Self.unknown(name) }
        return shown.map { "\($0.name) \($0.value?.serialized ?? "default")" }
    }

    private static func unknown(_ name: String) -> ChatMistake {
        ChatMistake(
            "there is no setting \(name.prefix(32)); there are \(names.joined(separator: ", "))")
    }
}

private func number(
    _ word: String, _ name: String, _ range: ClosedRange<Double>
) throws(ChatMistake) -> Double? {
    if word == "default" { return nil }
    guard let value = Double(word), range.contains(value) else {
        throw wrong(name, .number(range))
    }
    return value
}

private func integer(
    _ word: String, _ name: String, _ range: ClosedRange<Int>
) throws(ChatMistake) -> Int? {
    if word == "default" { return nil }
    guard let value = Int(word), range.contains(value) else {
        throw wrong(name, .integer(range))
    }
    return value
}

private func wrong(_ name: String, _ kind: ConfigurationField.Kind) -> ChatMistake {
    ChatMistake("\(name) must be \(kind.expectation), or default")
}
