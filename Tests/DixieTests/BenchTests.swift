import Foundation
import JSON
import TestSupport
import Testing

/// `dixie bench`: that it measures and says so; the figures are nobody's to predict.
@Suite struct BenchTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    @Test(arguments: [
        ("decode", ["--tokens", "4", "--batch", "2"]), ("prefill", ["--prompt", "9"]), ("load", []),
        ("sample", ["--tokens", "5"]), ("train", ["--tokens", "8", "--batch", "2"]),
        ("tokenize", ["--text", "notes.txt"]),
    ])
    func jsonIsOneObjectWithTheContractsFields(what: String, options: [String]) throws {
        let notes = try model.folder.write("a few words to count", to: "notes.txt")
        let outcome = try DixieProgram.run(
            ["bench", what, "--restore_from", model.path, "--json", "--repeats", "2"]
                + options.map { $0 == "notes.txt" ? notes : $0 })
        #expect(outcome.status == 0)
        let result = try JSONParser.parse([UInt8](outcome.output.utf8))
        #expect(result["what"]?.string == what)
        #expect(result["weights"]?.string == "f32")
        let median = try #require(result["tokens_per_second"]?.number)
        let best = try #require(result["best_tokens_per_second"]?.number)
        #expect(best >= median)
        #expect((median > 0) == (what != "load"))
        let bytes = try #require(result["bytes_per_second"]?.number)
        #expect((bytes > 0) == (what == "load" || what == "tokenize"))
        #expect(try #require(result["peak_rss_bytes"]?.integer) > 1 << 20)
        #expect(result["batch"]?.integer == (options.contains("--batch") ? 2 : 1))
    }

    @Test(arguments: ["f32", "bf16", "int8", "int4"])
    func everyFormatIsMeasured(weights: String) throws {
        let outcome = try DixieProgram.run(
            "bench", "decode", "--restore_from", model.path, "--weights", weights, "--tokens", "3",
            "--repeats", "1", "--batch", "3", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"weights\": \"\(weights)\""))
    }

    @Test func aLoadIsMeasuredFromTheCheckpointAndAsPrepared() throws {
        func result(_ options: String...) throws -> JSONValue {
            let load = ["bench", "load", "--restore_from", model.path, "--weights", "int8"]
            let outcome = try DixieProgram.run(load + options + ["--repeats", "1", "--json"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try JSONParser.parse([UInt8](outcome.output.utf8))
        }
        func prepared() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: model.path)
                .filter { $0.hasSuffix(".packed") }
        }
        let cold = try result("--no_cache")
        #expect(cold["prepared"]?.bool == false)
        #expect(try prepared() == [])
        let warm = try result()
        #expect(warm["prepared"]?.bool == true)
        #expect(try #require(warm["cold_seconds"]?.number) > 0)
        #expect(try prepared() == ["weights.int8.packed"])
    }

    @Test func otherWeightsAreRefusedByName() throws {
        let outcome = try DixieProgram.run(
            "bench", "decode", "--restore_from", model.path, "--weights", "int3")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("int3"))
    }

    @Test func aPromptOfTheDefaultLengthFitsTheWindow() throws {
        let outcome = try DixieProgram.run(
            "bench", "prefill", "--restore_from", model.path, "--json", "--repeats", "1")
        #expect(outcome.status == 0)
        let result = try JSONParser.parse([UInt8](outcome.output.utf8))
        #expect(result["prompt"]?.integer == 216)
    }

    @Test func aPromptPastTheWindowIsToldWithoutTheOptionOfDecode() throws {
        let outcome = try DixieProgram.run(
            "bench", "prefill", "--restore_from", model.path, "--prompt", "1000")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("lower --prompt.\n"))
    }

    @Test func aTrainingWindowPastTheModelsIsWrongUsage() throws {
        let outcome = try DixieProgram.run(
            "bench", "train", "--restore_from", model.path, "--tokens", "1000")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("216"))
    }

    @Test func moreThanTheWindowHoldsIsWrongUsage() throws {
        let outcome = try DixieProgram.run(
            "bench", "decode", "--restore_from", model.path, "--tokens", "1000")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("216"))
        #expect(outcome.errors.contains("Usage: dixie bench "))
    }
}
