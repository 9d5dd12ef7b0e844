import Chat
import JSON

extension ModelConfiguration {
    /// Reads one entry of `models`.
    ///
    /// - Parameters:
    ///   - reader: the entry.
    ///   - folder: the configuration's folder.
    ///   - isCompatible: the server's `compat`.
    ///   - environmentNames: `DIXIE_NAMES`, if set.
    init(
        _ reader: SectionReader, folder: String, isCompatible: Bool, environmentNames: [String]?
    ) {
        self.isCompatible = reader.optionalText("compat").map { $0 == "dixie" } ?? isCompatible
        key = reader.text("key")
        if key == "list" {
            reader.fault("key", "must not be \"list\"", remedy: "that is a path; take another key")
        }
        let name = reader.text("model_name")
        modelName = name.contains("/") ? SectionReader.absolute(name, from: folder) : name
        modelsFolder = SectionReader.absolute("models", from: folder)
        restoreFrom = reader.path("restore_from", from: folder)

        let names = reader.optionalTexts("names") ?? environmentNames
        persona = Self.persona(reader.section("persona"), names: names ?? [])
        sanitizer = Sanitizer(
            Self.rules(reader, isCompatible: self.isCompatible),
            names: names ?? [persona.audience], personaSide: persona.side)
        generation = GenerationDefaults(
            reader.section("generation"),
            stop: sanitizer.rules == .none || self.isCompatible ? [] : [Turn.marker])

        weights = reader.choice("weights")
        cache = reader.choice("kv")
        draft = reader.optionalText("draft")
        preload = reader.flag("preload")
        pin = reader.flag("pin")
        let seconds = reader.integer("ttl")
        timeToLive = seconds == 0 ? nil : .seconds(seconds)
        system = reader.choice("system")
        endOfText = reader.choice("endoftext")
        position = reader.position
    }

    private static func persona(_ reader: SectionReader, names: [String]) -> Persona {
        let audience = reader.optionalText("audience")
        if let audience, !Turn.isAudience(audience) {
            reader.fault(
                "audience", "cannot stand in a prompt",
                remedy: "take a name without \"|\" and \(Turn.marker), such as \"mom\"")
        }
        return Persona(
            side: reader.integer("side"),
            audience: audience ?? names.first(where: Turn.isAudience) ?? "user")
    }

    /// The original took the field's mere presence, even as `null`, for its sanitizer.
    private static func rules(_ reader: SectionReader, isCompatible: Bool) -> Sanitizer.Rules {
        let rules: Sanitizer.Rules
        switch reader.value("sanitizer")?.content {
        case .null: rules = .chatbotLegacy
        case .string(let text) where text.hasPrefix("sanitizers."): rules = .chatbotLegacy
        default: rules = reader.choice("sanitizer")
        }
        return rules == .chatbot && isCompatible ? .chatbotLegacy : rules
    }
}

extension GenerationDefaults {
    /// Reads a `generation`; `stop` is what it means to leave that out.
    init(_ reader: SectionReader, stop: [String]) {
        length = reader.integer("length")
        temperature = reader.number("temperature")
        topK = reader.integer("top_k")
        topP = reader.number("top_p")
        penalize = reader.number("penalize")
        self.stop = reader.optionalTexts("stop") ?? stop
    }
}
