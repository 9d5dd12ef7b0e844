import Checkpoints
import JSON

extension Weights {
    /// Writes the weights as Hugging Face keeps them: safetensors in f32, under their names for a
    /// GPT-2, with the metadata that says the file is for PyTorch.
    ///
    /// - Parameter path: the file, replaced if there is one; whole or not at all.
    /// - Throws: `CheckpointError`.
    public func writeSafetensors(to path: String) throws {
        try SafetensorsWriter.write(
            table.entries.map { entry in
                .init(
                    name: entry.parameter.name, shape: entry.shape,
                    elements: UnsafeBufferPointer(floats(of: entry)))
            }, to: path)
    }
}

extension Hyperparameters {
    /// A `config.json` from which Hugging Face's libraries make this model, as text.
    ///
    /// - Parameter endOfText: the token that begins and ends texts; nil where there is none.
    /// - Returns: a JSON object, a member a line.
    public func huggingFaceConfiguration(endOfText: Int32?) -> String {
        let token = endOfText.map { JSONValue.integer(Int($0)) } ?? JSONValue(.null)
        let members: [(String, JSONValue)] = [
            ("architectures", ["GPT2LMHeadModel"]),
            ("model_type", "gpt2"),
            ("activation_function", "gelu_new"),
            ("layer_norm_epsilon", 1e-5),
            ("n_ctx", .integer(contextLength)),
            ("n_embd", .integer(embeddingWidth)),
            ("n_head", .integer(headCount)),
            ("n_layer", .integer(layerCount)),
            ("n_positions", .integer(contextLength)),
            ("vocab_size", .integer(vocabularySize)),
            // Left out, they are taken for 50256, which a smaller vocabulary does not have.
            ("bos_token_id", token),
            ("eos_token_id", token),
        ]
        let lines = members.map { "  \(JSONValue.string($0).serialized): \($1.serialized)" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }
}
