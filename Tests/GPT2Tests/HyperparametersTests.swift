import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import GPT2

@Suite struct HyperparametersTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let openAI =
        #"{"n_vocab": 50257, "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12}"#

    func read(_ json: String) throws -> Hyperparameters {
        try Hyperparameters(contentsOf: folder.write(json, to: "configuration.json"))
    }

    /// What is wrong with a configuration; empty if nothing.
    func fault(_ json: String) -> String {
        do {
            _ = try read(json)
            return ""
        } catch let error as GPT2Error {
            #expect(error.description.hasPrefix(folder.path("configuration.json")))
            return error.description
        } catch {
            return "another error: \(error)"
        }
    }

    /// A `config.json` with one more field.
    func huggingFace(_ more: String) -> String {
        #"{"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "#
            + #""n_head": 12, "n_layer": 12, \#(more)}"#
    }

    @Test func eitherConfigurationAndTheNameGiveTheSameNumbers() throws {
        let named = try #require(Hyperparameters.named("124M"))
        #expect(try read(Self.openAI) == named)
        #expect(try read(huggingFace(#""n_ctx": 1024"#)) == named)
        #expect(named.headWidth == 64)
        #expect(Hyperparameters.named("117") == nil)
    }

    @Test(arguments: ["n_positions", "n_ctx"], ["vocab_size", "n_vocab"])
    func eitherNameOfANumberWillDo(context: String, vocabulary: String) throws {
        let size = try read(
            #"{"\#(vocabulary)": 100, "\#(context)": 32, "n_embd": 8, "n_head": 2, "n_layer": 1}"#)
        #expect(size.contextLength == 32 && size.vocabularySize == 100)
    }

    @Test(arguments: [
        #""activation_function": "gelu_new""#, #""activation_function": "gelu_pytorch_tanh""#,
        #""scale_attn_weights": true"#, #""tie_word_embeddings": true"#, #""n_inner": null"#,
        #""n_inner": 3072"#, #""layer_norm_epsilon": 1e-05"#, #""layer_norm_epsilon": 0.00001"#,
        #""resid_pdrop": 0.1, "torch_dtype": "float16", "task_specific_params": {}"#,
    ])
    func whatPlainGPT2DoesIsAccepted(field: String) {
        #expect(fault(huggingFace(field)) == "")
    }

    @Test(arguments: [
        ("activation_function", #""relu""#), ("activation_function", #""gelu""#),
        ("activation_function", "null"), ("scale_attn_weights", "false"),
        ("scale_attn_by_inverse_layer_idx", "true"), ("reorder_and_upcast_attn", "true"),
        ("tie_word_embeddings", "false"), ("add_cross_attention", "true"),
        ("is_encoder_decoder", "true"), ("scale_attn_weights", #""yes""#),
        ("layer_norm_epsilon", "1e-6"), ("layer_norm_epsilon", #""small""#), ("n_inner", "1024"),
        ("n_inner", #""big""#),
    ])
    func otherArithmeticIsRefusedByName(field: String, value: String) {
        #expect(fault(huggingFace(#""\#(field)": \#(value)"#)).contains(field))
    }

    @Test func anotherModelTypeIsRefusedByName() {
        let json = huggingFace("").replacing("gpt2", with: "llama").replacing(", }", with: "}")
        #expect(fault(json).contains("llama"))
    }

    @Test(arguments: ["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer"])
    func impossibleNumbersAreRefusedByName(name: String) {
        let old = ["n_vocab": "50257", "n_ctx": "1024", "n_embd": "768", "n_layer": "12"]
        for value in ["0", "-1", "1000000001", "\(Int.max)", "1.5", "1e3", #""12""#, "null"] {
            let number = name == "n_head" ? "12" : old[name] ?? ""
            let json = Self.openAI.replacing(
                #""\#(name)": \#(number)"#, with: #""\#(name)": \#(value)"#)
            #expect(fault(json).contains(name), "\(value)")
        }
        let missing = Self.openAI.replacing(#""\#(name)""#, with: #""other""#)
        #expect(fault(missing).contains("missing"))
    }

    @Test func headsThatDoNotShareOutTheWidthAreRefused() {
        let message = fault(Self.openAI.replacing(#""n_head": 12"#, with: #""n_head": 7"#))
        #expect(message.contains("768") && message.contains("7 heads"))
    }

    @Test(arguments: ["", "{", "[1]", "\u{FEFF}", #"{"n_vocab": 1, "n_vocab": 2}"#, "null"])
    func whatIsNoConfigurationIsAnErrorNamingTheFile(json: String) {
        #expect(fault(json) != "")
    }

    @Test func aFileThatIsNotThereIsAnErrorNamingIt() {
        let path = folder.path("nowhere.json")
        #expect(throws: CheckpointError.noSuchFile(path: path)) {
            try Hyperparameters(contentsOf: path)
        }
    }

    @Test func whatIsNoFileOrTooLargeIsRefusedBeforeItIsRead() throws {
        let pipe = folder.path("pipe.json")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: CheckpointError.notAFile(path: pipe, kind: "a pipe or socket")) {
            try Hyperparameters(contentsOf: pipe)
        }
        // A hole, which takes no room on the disk and would in memory.
        let large = folder.path("large.json")
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        #expect(truncate(large, 1 << 40) == 0)
        let error = #expect(throws: GPT2Error.self) { try Hyperparameters(contentsOf: large) }
        #expect(error?.description.contains("larger than") == true)
    }

    @Test func aConfigurationWritesNothingButItsNameIntoALog() {
        let message = fault(#"{"model_type": "\u001b[2J\n"}"#)
        #expect(message.contains("\\u{1b}[2J\\u{a}"))
        let type = String(repeating: "x", count: 100_000)
        #expect(fault("{\"model_type\": \"\(type)\"}").count < 1000)
    }
}
