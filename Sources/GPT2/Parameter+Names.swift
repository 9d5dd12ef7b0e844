extension Parameter {
    /// The name Hugging Face's checkpoints use, without the `transformer.` before it; the one this
    /// project writes.
    public var name: String {
        switch self {
        case .tokenEmbedding: "wte.weight"
        case .positionEmbedding: "wpe.weight"
        case .block(let layer, let part): "h.\(layer).\(part.rawValue)"
        case .finalNormGain: "ln_f.weight"
        case .finalNormBias: "ln_f.bias"
        }
    }

    /// The parameter a checkpoint means by `name`: Hugging Face's names with or without
    /// `transformer.`, the original's `model/h0/attn/c_attn/w` with or without `:0`.
    public init?(checkpointName name: String) {
        if name.hasPrefix("model/") {
            self.init(tensorFlowName: name)
            return
        }
        let prefix = "transformer."
        let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        switch short {
        case "wte.weight": self = .tokenEmbedding
        case "wpe.weight": self = .positionEmbedding
        case "ln_f.weight": self = .finalNormGain
        case "ln_f.bias": self = .finalNormBias
        default:
            let pieces = short.split(
                separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count == 3, pieces[0] == "h", let layer = Self.layer(pieces[1]),
                let part = InBlock(rawValue: String(pieces[2]))
            else { return nil }
            self = .block(layer, part)
        }
    }

    private init?(tensorFlowName name: String) {
        let plain = name.hasSuffix(":0") ? name.dropLast(2) : name[...]
        // Joined by dots below, two spellings would otherwise be taken for one.
        guard !plain.contains(".") else { return nil }
        let pieces = plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard let first = pieces.first else { return nil }
        if pieces.count == 1 {
            switch first {
            case "wte": self = .tokenEmbedding
            case "wpe": self = .positionEmbedding
            default: return nil
            }
            return
        }
        let ends = ["g": "weight", "w": "weight", "b": "bias"]
        guard let last = pieces.last, let end = ends[String(last)] else { return nil }
        let isNorm = pieces.dropLast().last?.hasPrefix("ln_") == true
        guard isNorm == (last == "g") || last == "b" else { return nil }
        let middle = pieces.dropFirst().dropLast().joined(separator: ".")
        if first == "ln_f", middle.isEmpty {
            self = end == "weight" ? .finalNormGain : .finalNormBias
            return
        }
        guard first.hasPrefix("h"), let layer = Self.layer(first.dropFirst()),
            let part = InBlock(rawValue: "\(middle).\(end)")
        else { return nil }
        self = .block(layer, part)
    }

    /// A layer's number as checkpoints write it: no sign, no leading zero.
    private static func layer(_ digits: Substring) -> Int? {
        guard let number = Int(digits), number >= 0, String(number) == digits else { return nil }
        return number
    }

    /// Whether `name` is something that stands beside the weights and is no part of the model: the
    /// causal mask as a buffer, an optimizer's slots and counters, a TensorFlow object graph.
    public static func isIgnored(checkpointName name: String) -> Bool {
        let plain = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
        if plain == "global_step" || plain == "_CHECKPOINTABLE_OBJECT_GRAPH" { return true }
        if plain.hasSuffix(".attn.bias") || plain.hasSuffix(".attn.masked_bias") { return true }
        let pieces = plain.split(separator: "/")
        guard let last = pieces.last else { return false }
        // TensorFlow's optimizers keep `model/wte/Adam`, `beta1_power` and the like.
        if ["Adam", "Adam_1", "Momentum", "Adagrad", "RMSProp"].contains(last) { return true }
        return ["beta1_power", "beta2_power", "learning_rate", "global_step", "save_counter"]
            .contains(last) && pieces.first != "model"
    }
}
