import Foundation
import TestSupport
import Testing

/// The training program as a person meets it.
@Suite struct TrainTests {
    let run: TrainingRun

    init() throws { run = try TrainingRun() }

    @Test func aRunMakesAModelThatTheServerServes() throws {
        let outcome = try run.train(["--steps", "3", "--run_name", "mom"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("step 3: saved checkpoint/mom/model-3.safetensors"))
        let path = run.folder.path("checkpoint/mom")
        let server = try RunningServer(
            models: [#"{ "key": "mom", "restore_from": "\#(path)" }"#])
        let reply = try server.post(
            "/invocations", #"{"model_key":"mom","raw_text":"Hi","length":4}"#)
        #expect(reply.status == 200)
        let sample = try Program.dixie.run(
            ["sample", "--restore_from", path, "-m", "5", "--seed", "1"])
        #expect(sample.status == 0, "\(sample.errors)")
    }

    @Test func aKilledRunTakenUpAgainEndsAsOneNeverKilled() throws {
        let options = [
            "--steps", "40", "--save_every", "4", "--val_every", "10",
            "--val_batch_count", "2", "--optimizer", "adamw", "--dropout", "0.1", "--noise", "0.05",
        ]
        let whole = try run.train(options + ["--run_name", "whole"])
        #expect(whole.status == 0, "\(whole.errors)")

        let killed = options + ["--run_name", "killed", "--max_to_keep", "2"]
        let (process, errors) = try run.start(killed)
        #expect(errors.wait(for: "model-8.safetensors") != nil)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let again = try run.train(killed)
        #expect(again.status == 0, "\(again.errors)")
        for name in ["model-40.safetensors", "training-40.state"] {
            #expect(
                try run.bytes(name, of: "whole") == run.bytes(name, of: "killed"), "\(name)")
        }
        #expect(try run.losses(of: "whole") == run.losses(of: "killed"))
        let kept = try run.names(of: "killed").filter { $0.hasPrefix("model-") }
        #expect(kept == ["model-36.safetensors", "model-40.safetensors"])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func whoStopsItLosesNothing(_ signal: Int32) throws {
        let (process, errors) = try run.start()
        #expect(errors.wait(for: "step 1:") != nil)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(errors.waitForAll().contains("saved checkpoint/run1/model-"))
        #expect(try run.names().contains { $0.hasPrefix("model-") })
    }

    @Test func aRemovedFolderSavesAndAnotherQuits() throws {
        let (process, errors) = try run.start()
        #expect(errors.wait(for: "step 1:") != nil)
        try FileManager.default.removeItem(atPath: run.folder.path("commands/save"))
        #expect(errors.wait(for: "saved checkpoint/run1/model-") != nil)
        try run.folder.write("0.005\n", to: "commands/learning_rate.txt")
        try FileManager.default.removeItem(atPath: run.folder.path("commands/learning_rate"))
        #expect(errors.wait(for: "the learning rate is now 0.005") != nil)
        try FileManager.default.removeItem(atPath: run.folder.path("commands/quit"))
        #expect(errors.wait(for: "stopped without saving") != nil)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let pong = try String(contentsOfFile: run.folder.path("pong.txt"), encoding: .utf8)
        #expect(pong.contains("pid\(process.processIdentifier)_time"))
    }

    @Test func samplesAreShownAndKept() throws {
        let outcome = try run.train([
            "--steps", "4", "--sample_every", "2", "--sample_num", "2", "--sample_length", "5",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let kept = try String(
            contentsOfFile: run.folder.path("samples/run1/samples-4"), encoding: .utf8)
        #expect(kept.contains("======== SAMPLE 2 ========"))
        #expect(outcome.output.hasSuffix(kept))
    }

    @Test func patienceAloneHoldsAPartOutAndValidates() throws {
        let outcome = try run.train(["--steps", "1", "--patience", "2"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("step 1: validation loss"))
    }

    @Test func aModelInTheRunsFolderIsWhereItBeginsAndStays() throws {
        #expect(try run.train(["--steps", "1"]).status == 0)
        let model = try run.bytes("model-1.safetensors")
        for name in ["model.safetensors", "config.json", "vocab.json", "merges.txt"] {
            try FileManager.default.createDirectory(
                atPath: run.folder.path("checkpoint/mom"), withIntermediateDirectories: true)
            try run.bytes(name).write(
                to: run.folder.url.appendingPathComponent("checkpoint/mom/\(name)"))
        }
        let outcome = try Program.train.run(
            run.learningFlags + ["--run_name", "mom", "--steps", "1"], in: run.folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("beginning with checkpoint/mom/model.safetensors"))
        #expect(outcome.errors.contains("model.safetensors stays as it is"))
        #expect(try run.bytes("model.safetensors", of: "mom") == model)
        #expect(try run.bytes("model-1.safetensors", of: "mom") != model)
    }

    @Test func aRunBegunAnewLeavesNothingOfTheOneBefore() throws {
        #expect(try run.train(["--steps", "3", "--save_every", "1"]).status == 0)
        let flags = run.flags.map { $0 == "16" ? "8" : $0 }
        let outcome = try Program.train.run(
            flags + ["--steps", "2", "--restore_from", "fresh", "--overwrite"], in: run.folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try run.names().filter { $0.hasPrefix("model-") } == ["model-2.safetensors"])
        let configuration = String(decoding: try run.bytes("config.json"), as: UTF8.self)
        #expect(configuration.contains("\"n_embd\": 8"), "\(configuration)")
        #expect(try run.losses().count == 3)
        // And it goes on as what it is.
        let again = try Program.train.run(flags + ["--steps", "3"], in: run.folder.url)
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test func aModelGrowsByTruncatedWeightsAndLearns() throws {
        #expect(try run.train(["--steps", "1"]).status == 0)
        let outcome = try Program.train.run(
            run.learningFlags + [
                "--model_name", "checkpoint/run1", "--truncate_weights", "--n_layer", "4",
                "--run_name", "grown", "--steps", "30",
            ], in: run.folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let losses = try run.losses(of: "grown").dropFirst().compactMap { Double($0[1]) }
        #expect(try #require(losses.last) < (losses.first ?? 0) - 0.5, "\(losses)")
    }

    @Test func aPublishedModelIsTunedAndKeepsItsSize() throws {
        let outcome = try Program.train.run(
            [
                "--dataset", "chat.txt", "--model_name", TrainingRun.vocabulary, "--steps", "2",
                "--sample_every", "0", "--memory_saving_gradients", "--optimizer", "adafactor",
                "--only_train_transformer_layers", "--accumulate_gradients", "2", "--clip", "1",
                "--learning_rate_cos", "--init_tpu",
            ], in: run.folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("--init_tpu does nothing: there are no TPUs"))
        #expect(outcome.errors.contains("beginning with \(TrainingRun.vocabulary)"))
        #expect(try run.names().contains("model-2.safetensors"))
    }
}
