import Foundation
import TestSupport
import Testing

/// What a person is told who gives `train` something it cannot use: one sentence, and nothing is
/// lost.
@Suite struct TrainFaultTests {
    /// What is given instead of a good flag, in pairs, and what the sentence has to say.
    struct Fault: Sendable, CustomStringConvertible {
        let description: String
        let flags: [String]
        let says: [String]
        /// Whether the model comes from the flags, or else from a checkpoint.
        var isFresh = true
        var status: Int32 = 1
    }

    static let faults = [
        Fault(
            description: "an empty dataset", flags: ["--dataset", "empty.txt"],
            says: ["empty.txt", "nothing in it to learn"]),
        Fault(
            description: "a binary dataset", flags: ["--dataset", "binary.txt"],
            says: ["binary.txt", "byte 2"]),
        Fault(
            description: "a dataset that is not UTF-8", flags: ["--dataset", "latin.txt"],
            says: ["latin.txt", "byte 3", "--encoding"]),
        Fault(
            description: "no dataset", flags: ["--dataset", "none.txt"], says: ["none.txt"]),
        Fault(
            description: "broken lines where sides matter",
            flags: ["--dataset", "broken.txt", "--mask_prompt"],
            says: ["broken.txt", "3 lines", "dixie dataset check"]),
        Fault(
            description: "an npz of floats", flags: ["--dataset", "floats.npz"],
            says: ["floats.npz", "whole numbers", "dixie encode"]),
        Fault(
            description: "a checkpoint of other sizes",
            flags: [
                "--restore_from", "other", "--model_name", TrainingRun.vocabulary, "--run_name",
                "sized",
            ],
            says: ["model-1.safetensors", "h.1.ln_1.weight", "configuration"], isFresh: false),
        Fault(
            description: "a rate that is no number", flags: ["--learning_rate", "nan"],
            says: ["--learning_rate", "from 0"], status: 64),
        Fault(
            description: "a window longer than the model's", flags: ["--sample_ctx", "17"],
            says: ["--sample_ctx", "16"]),
        Fault(
            description: "more memory than there is",
            flags: ["--batch_size", "1000000", "--run_name", "large"],
            says: ["memory", "--memory_saving_gradients"]),
        Fault(
            description: "a run that is there", flags: ["--restore_from", "fresh"],
            says: ["checkpoint/run1", "--overwrite"]),
        Fault(
            description: "a faulty dataset for a run that takes another's place",
            flags: ["--restore_from", "fresh", "--overwrite", "", "--dataset", "none.txt"],
            says: ["none.txt"]),
        Fault(
            description: "a run of another program in the way",
            flags: ["--restore_from", "fresh", "--overwrite", "", "--run_name", "old"],
            says: ["old/model-7.hdf5", "--run_name"]),
        Fault(
            description: "a run that goes on with another size", flags: ["--n_layer", "3"],
            says: ["checkpoint/run1", "has 2", "--n_layer says 3"]),
        Fault(
            description: "a run that goes on with another vocabulary",
            flags: ["--vocabulary", "words"],
            says: ["checkpoint/run1", "another vocabulary"]),
        Fault(
            description: "random weights and saved ones",
            flags: ["--restore_from", "checkpoint/run1"], says: ["--fresh_model"], status: 64),
        Fault(
            description: "a decay that nothing does", flags: ["--weight_decay", "0.1"],
            says: ["--optimizer adamw"], status: 64),
        Fault(
            description: "a column of what is no CSV", flags: ["--csv_column", "text"],
            says: ["chat.txt", "no column"]),
        Fault(
            description: "an optimizer that did not save it", flags: ["--optimizer", "sgd"],
            says: ["training-2.state", "--optimizer adam"]),
        Fault(
            description: "no vocabulary", flags: ["--vocabulary", "nowhere", "--run_name", "new"],
            says: ["nowhere/vocab.json"]),
    ]

    @Test(arguments: faults)
    func isToldInOneSentenceAndLosesNothing(_ fault: Fault) throws {
        let run = try TrainingRun()
        #expect(try run.train(["--steps", "2"]).status == 0)
        try prepare(run)
        let before = try run.bytes("model-2.safetensors")
        let names = try run.names()

        var flags = fault.isFresh ? run.flags : run.learningFlags
        for index in stride(from: 0, to: fault.flags.count, by: 2) {
            let flag = fault.flags[index]
            if let old = flags.firstIndex(of: flag) { flags.removeSubrange(old...old + 1) }
        }
        let outcome = try Program.train.run(
            flags + ["--steps", "4"] + fault.flags.filter { !$0.isEmpty }, in: run.folder.url)
        #expect(outcome.status == fault.status, "\(outcome.errors)")
        for part in fault.says { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
        let sentences = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("Error:") }
        #expect(sentences.count == 1)
        #expect(!outcome.errors.contains("apples"))
        #expect(try run.bytes("model-2.safetensors") == before)
        #expect(try run.names() == names)
    }

    private func prepare(_ run: TrainingRun) throws {
        try run.folder.write("", to: "empty.txt")
        func write(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: run.folder.url.appendingPathComponent(name))
        }
        try write(Array("ab".utf8) + [0, 1, 2] + Array("cd".utf8), "binary.txt")
        try write(Array("caf".utf8) + [0xE9] + Array(" au lait, caf".utf8) + [0xE9], "latin.txt")
        let lines = (0..<100).map { $0 % 33 == 1 ? "no turn at all\n" : "0|mom|hi \($0) <EOM>\n" }
        try run.folder.write("stray\n" + lines.dropFirst(2).joined(), to: "broken.txt")
        try FileManager.default.copyItem(
            at: fixture("checkpoints/weights.npz"),
            to: run.folder.url.appendingPathComponent("floats.npz"))
        let names = ["vocab.json", "merges.txt"]
        for name in names {
            let text = try String(
                contentsOfFile: TrainingRun.vocabulary + "/" + name, encoding: .utf8)
            try run.folder.write(text + "\n", to: "words/" + name)
        }
        try run.folder.write("saved by another", to: "checkpoint/old/model-7.hdf5")
        let other = try Program.train.run(
            [
                "--dataset", "chat.txt", "--fresh_model", "--vocabulary", TrainingRun.vocabulary,
                "--n_ctx", "8", "--n_embd", "8", "--n_head", "1", "--n_layer", "1", "--steps", "1",
                "--sample_every", "0", "--checkpoint_dir", "others", "--run_name", "other",
            ], in: run.folder.url)
        #expect(other.status == 0, "\(other.errors)")
        // Only its weights: the sizes are then the named model's.
        try FileManager.default.createDirectory(
            atPath: run.folder.path("other"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: run.folder.path("others/other/model-1.safetensors"),
            toPath: run.folder.path("other/model-1.safetensors"))
    }
}
