import JSON

extension Hyperparameters {
    /// A `config.json` that Hugging Face's libraries and this one read.
    public var configuration: String {
        // A chat model's texts have no end of their own; the ids are GPT-2's where it has them.
        let end: [JSONMember] =
            vocabularySize == 50257
            ? [JSONMember("bos_token_id", 50256), JSONMember("eos_token_id", 50256)]
            : [
                JSONMember("bos_token_id", JSONValue(.null)),
                JSONMember("eos_token_id", JSONValue(.null)),
            ]
        let members: [JSONMember] =
            [
                JSONMember("architectures", ["GPT2LMHeadModel"]),
                JSONMember("model_type", "gpt2"),
                JSONMember("activation_function", "gelu_new"),
                JSONMember("vocab_size", .integer(vocabularySize)),
                JSONMember("n_positions", .integer(contextLength)),
                JSONMember("n_ctx", .integer(contextLength)),
                JSONMember("n_embd", .integer(embeddingWidth)),
                JSONMember("n_head", .integer(headCount)),
                JSONMember("n_layer", .integer(layerCount)),
                JSONMember("torch_dtype", "float32"),
            ] + end
        let lines = members.map { member in
            "  \"\(member.key)\": " + String(decoding: member.value.serializedBytes, as: UTF8.self)
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }
}
