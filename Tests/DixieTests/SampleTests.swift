import Foundation
import JSON
import TestSupport
import Testing

/// `dixie sample`, from its arguments to what it prints.
@Suite struct SampleTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    @Test func greedyIDsEqualThoseOfTransformers() throws {
        let data = try Data(contentsOf: fixture("gpt2/wide/greedy.json"))
        let runs = try #require(try JSONParser.parse([UInt8](data)).array)
        for run in runs {
            let line = { (key: String) in
                (run[key]?.array ?? []).compactMap(\.integer).map(String.init)
                    .joined(separator: ",")
            }
            let outcome = try DixieProgram.run(
                "sample", "--restore_from", model.path, "--temperature", "0", "--ids",
                "-p", line("prompt"), "-m", "200")
            #expect(outcome.output == line("reply") + "\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func highestLogitsAreJSONFromTheHighestDown() throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "--logits", "5", "-p", "abc")
        let ranking = try #require(try JSONParser.parse([UInt8](outcome.output.utf8)).array)
        let logits = ranking.compactMap { $0.array?.last?.number }
        #expect(logits.count == 5)
        #expect(logits == logits.sorted(by: >))
        // Tokens of this vocabulary are bytes in GPT-2's order, in which `!` is 0.
        let greedy = try DixieProgram.run(
            "sample", "--restore_from", model.path, "--temperature", "0", "--ids", "-m", "1",
            "-p", "64,65,66")
        let highest = try #require(ranking.first?.array?.first?.integer)
        #expect(greedy.output == "\(highest)\n")
    }

    @Test func theSameSeedGivesTheSameTextsWhateverTheBatch() throws {
        func texts(_ batch: String, seed: String) throws -> String {
            try DixieProgram.run(
                "sample", "--restore_from", model.path, "-p", "Hello", "--length", "20",
                "--nsamples", "4", "--batch_size", batch, "--seed", seed
            ).output
        }
        let one = try texts("1", seed: "7")
        #expect(one == (try texts("2", seed: "7")))
        #expect(one != (try texts("1", seed: "8")))
        #expect(one.hasPrefix(String(repeating: "=", count: 40) + " SAMPLE 1 "))
        #expect(one.contains("\n" + String(repeating: "=", count: 40) + " SAMPLE 4 "))
    }

    @Test func textGoesOnPastTheWindow() throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "--ids", "-p", "1,2,3", "-m", "500")
        #expect(outcome.output.split(separator: ",").count == 500)
    }

    @Test func aPromptPastTheWindowKeepsItsEndAndSaysSo() throws {
        let long = try model.folder.write(String(repeating: "a", count: 300), to: "prompt.txt")
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "-p", long, "-m", "3")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("300 tokens"))
    }

    @Test func aPrefixIsPrintedUnlessItIsNotWanted() throws {
        func text(_ options: [String] = []) throws -> String {
            let base = [
                "sample", "--restore_from", model.path, "--prefix", "Hi", "-m", "4", "--seed", "1",
            ]
            return try DixieProgram.run(base + options).output
        }
        let whole = try text()
        #expect(whole.hasPrefix("Hi"))
        for wanted in [["--include_prefix"], ["--include_prefix=True"]] {
            #expect(try text(wanted) == whole)
            #expect(try text(wanted + ["-m", "4"]) == whole)
        }
        for unwanted in [["--include_prefix", "False"], ["--include_prefix=False"]] {
            #expect(try text(unwanted) == whole.dropFirst(2))
            #expect(try text(unwanted + ["-m", "4"]) == whole.dropFirst(2))
        }
    }

    @Test func aPrefixThatLooksLikeAFlagIsPrintedAsItIs() throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore-from", model.path, "--prefix", "--how-are-you", "-m", "1")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("--how-are-you"))
    }

    @Test func filesHoldTheirSamplesAndDelimiters() throws {
        let folder = model.folder.path("out")
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "-m", "4", "--nfiles", "2", "--nsamples", "2",
            "--destination_path", folder, "--sample_delim=-----")
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty)
        for name in ["gpt2_gentext_1.txt", "gpt2_gentext_2.txt"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            // In bytes: a sample that ends with CR would make one character of it and the line feed.
            let delimiter = Data("\n-----\n".utf8)
            let first = try #require(bytes.firstRange(of: delimiter))
            #expect(bytes[first.upperBound...].firstRange(of: delimiter)?.upperBound == bytes.count)
        }
    }

    @Test func withoutACheckpointTheModelIsUntrainedAndSaysSo() throws {
        let empty = try SmallModel(hasWeights: false)
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", empty.path, "-m", "2", "--ids")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("untrained"))
        #expect(outcome.output.split(separator: ",").count == 2)
    }

    @Test(arguments: [
        ["--temperature", "-1"], ["--top_p", "1.5"], ["--top_k", "-1"], ["--penalize", "nan"],
        ["--nsamples", "3", "--batch_size", "2"], ["-m", "0"], ["--ids", "-p", "301"],
        ["--ids", "-p", "one"], ["-p", "a", "--prefix", "b"], ["--seed", "x"], ["--nonsense"],
        ["--nsamples", "0", "--destination_path", "never"],
        ["--include_prefix=banana"], ["--include_prefix=banana", "-m", "2"],
        ["--include_prefix", "banana"], ["--include_prefix", "banana", "-m", "2"],
    ])
    func wrongOptionsAreWrongUsage(options: [String]) throws {
        let outcome = try DixieProgram.run(
            ["sample", "--restore_from", model.path] + options)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("Error: "))
    }

    @Test(arguments: [
        ("--temperature", "-1"), ("--top_k", "-1"), ("--top_p", "-0.5"), ("--penalize", "-2"),
        ("-m", "-5"), ("--logits", "-1"), ("--nsamples", "-1"), ("--batch_size", "-1"),
        ("--nfiles", "-1"), ("--threads", "-1"), ("--seed", "-1"),
        ("--nsamples", "9223372036854775807"), ("-m", "9223372036854775807"),
    ])
    func numbersOutOfRangeAreToldTheRange(option: String, value: String) throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, option, value)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("it must be"))
    }

    @Test func aMissingFolderIsAFailure() throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.folder.path("nowhere"))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("nowhere"))
    }
}
