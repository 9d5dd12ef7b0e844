import Checkpoints
import JSON

extension Hyperparameters {
    /// Reads OpenAI's `hparams.json` or Hugging Face's `config.json`, whichever it turns out to be.
    ///
    /// A configuration that asks for arithmetic this model does not do is refused by name: answers
    /// from it would look right and be wrong.
    /// - Throws: `GPT2Error`; `CheckpointError` where the file cannot be read.
    public init(contentsOf path: String) throws {
        let file = try PositionedFile(path: path)
        guard file.size <= largestFile else {
            throw GPT2Error.unreadableConfiguration(
                path: path, reason: "it is larger than \(largestFile) bytes")
        }
        let bytes = try file.bytes(at: 0, count: file.size, part: "the configuration")
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch let error as JSONError {
            throw GPT2Error.unreadableConfiguration(path: path, reason: error.description)
        }
        do {
            try self.init(json)
        } catch GPT2Error.impossibleConfiguration(let reason) {
            throw GPT2Error.unreadableConfiguration(path: path, reason: reason)
        }
    }

    init(_ json: JSONValue) throws {
        guard json.object != nil else {
            throw GPT2Error.impossibleConfiguration("it holds \(json.kind), not an object")
        }
        if let fault = Self.unsupportedArithmetic(json) {
            throw GPT2Error.impossibleConfiguration(fault)
        }
        func size(_ names: String...) throws -> Int {
            guard
                let (name, value) = names.lazy.compactMap({ name in
                    json[name].map { (name, $0) }
                }).first
            else {
                throw GPT2Error.impossibleConfiguration("\(names[0]) is missing")
            }
            guard let number = value.integer else {
                throw GPT2Error.impossibleConfiguration("\(name) is \(value.kind), not a size")
            }
            return number
        }
        try self.init(
            vocabularySize: size("n_vocab", "vocab_size"),
            contextLength: size("n_positions", "n_ctx"),
            embeddingWidth: size("n_embd"),
            headCount: size("n_head"),
            layerCount: size("n_layer"))
        if let inner = json["n_inner"], !inner.isNull, inner.integer != 4 * embeddingWidth {
            throw GPT2Error.impossibleConfiguration(
                "n_inner asks for a hidden layer that is not 4 × n_embd wide, which is not "
                    + "supported")
        }
    }

    /// What a `config.json` asks for that a plain GPT-2 does not do, in a sentence; nil if nothing.
    private static func unsupportedArithmetic(_ json: JSONValue) -> String? {
        if let type = json["model_type"], type.string != "gpt2" {
            return "model_type is \"\(type.string ?? type.kind)\"; only gpt2 is supported"
        }
        if let activation = json["activation_function"],
            !["gelu_new", "gelu_pytorch_tanh"].contains(activation.string)
        {
            return "activation_function is \"\(activation.string ?? activation.kind)\"; only "
                + "gelu_new, which GPT-2 was trained with, is supported"
        }
        let required: [(String, Bool)] = [
            ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false),
            ("reorder_and_upcast_attn", false), ("tie_word_embeddings", true),
            ("add_cross_attention", false), ("is_encoder_decoder", false),
        ]
        // `reorder_and_upcast_attn` changes only how half precision rounds, but a model that asks
        // for it was not checked against anything.
        for (name, wanted) in required {
            if let value = json[name], value.bool != wanted {
                return "\(name) is not \(wanted), which is not supported"
            }
        }
        if let epsilon = json["layer_norm_epsilon"], epsilon.number != 1e-5 {
            return "layer_norm_epsilon is not 1e-5, which is not supported"
        }
        return nil
    }
}

/// Published configurations have a thousand bytes or two.
private let largestFile = 1 << 20
