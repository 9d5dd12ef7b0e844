import JSON

/// What Alexa has made of an utterance.
struct AlexaIntent: Sendable {
    /// What it comes to here.
    enum Meaning: Sendable, Equatable {
        case says(String)
        case stops
        case startsOver
        /// Help is wanted, or would do good.
        case isLost
    }

    struct Slot: Sendable {
        let name: String
        /// What was heard, if anything was.
        let value: String?

        /// What was said: Alexa takes the words that led to a slot away, so a slot may have them in its
        /// name. `is the sea salty` in a slot `after_why` was `why is the sea salty`.
        var words: String? {
            guard let value else { return nil }
            let prefix = "after_"
            guard name.lowercased().hasPrefix(prefix) else { return value }
            let before = name.dropFirst(prefix.count).lowercased().split(separator: "_")
            return (before + [value[...]]).joined(separator: " ")
        }
    }

    let name: String
    let slots: [Slot]

    /// - Parameter value: `request.intent`; what is missing in it is empty.
    init(_ value: JSONValue?) {
        name = value?["name"]?.string ?? ""
        slots = (value?["slots"]?.object ?? []).map { member in
            Slot(name: member.key, value: member.value["value"]?.string.flatMap(Self.heard))
        }
    }

    /// Whether the intent is one of the owner's and something was heard.
    var isAnswerable: Bool { if case .says = meaning { true } else { false } }

    var meaning: Meaning {
        switch name {
        case "AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent": return .stops
        case "AMAZON.StartOverIntent": return .startsOver
        // Said in answer to what the persona has asked.
        case "AMAZON.YesIntent": return .says("Yes.")
        case "AMAZON.NoIntent": return .says("No.")
        case let name where name.hasPrefix("AMAZON."): return .isLost
        default:
            let words = slots.compactMap(\.words).joined(separator: " ")
            return words.isEmpty ? .isLost : .says(words)
        }
    }

    /// Nil for what has no letter and no digit in it, as the "?" of old devices.
    private static func heard(_ value: String) -> String? {
        let isSaid = value.unicodeScalars.contains {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        return isSaid ? value : nil
    }
}
