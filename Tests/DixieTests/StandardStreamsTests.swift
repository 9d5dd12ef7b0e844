import TestSupport
import Testing

/// What the commands make of standard input and output that do not work, and of files that are
/// none.
@Suite struct StandardStreamsTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    @Test(arguments: [
        #""$0" key"#, #""$0" sample --restore_from "$1" -m 1 --ids"#,
        #""$0" sample --restore_from "$1" --logits 1"#, #"echo hi | "$0" sanitize"#,
        #""$0" decode "$2" --model_name "$1""#,
        #""$0" bench load --restore_from "$1" --repeats 1"#,
    ])
    func aFullOutputIsAFailureInOneSentence(command: String) throws {
        let texts = try model.folder.write("a few words", to: "texts.txt")
        let tokens = model.folder.path("tokens.npz")
        let encoded = try DixieProgram.run("encode", texts, tokens, "--model_name", model.path)
        #expect(encoded.status == 0)
        for (redirection, reason) in [("> /dev/full", "No space left"), (">&-", "Bad file")] {
            let outcome = try DixieProgram.shell(
                "\(command) \(redirection)", model.path, tokens)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("standard output could not be written: \(reason)"))
            #expect(!outcome.errors.contains("Domain"))
        }
    }

    @Test func aClosedStandardErrorStopsNothing() throws {
        let untrained = try SmallModel(hasWeights: false)
        let outcome = try DixieProgram.shell(
            #""$0" sample --restore_from "$1" -m 1 --ids 2>&-"#, untrained.path)
        #expect(outcome.status == 0)
        #expect(!outcome.output.isEmpty)
    }

    @Test func aPromptComesThroughAPipe() throws {
        let outcome = try DixieProgram.shell(
            #"printf 'Once upon' | "$0" sample --restore_from "$1" -p /dev/stdin -m 1 "#
                + "--include_prefix",
            model.path)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("Once upon"))
    }

    @Test func aPromptWithoutEndIsRefused() throws {
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "-p", "/dev/zero", "-m", "1")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: /dev/zero has more than"))
    }

    @Test(arguments: [("<&-", "Bad file descriptor"), ("< /", "Is a directory")])
    func inputThatCannotBeReadIsAFailureInOneSentence(
        redirection: String, reason: String
    ) throws {
        let outcome = try DixieProgram.shell("\"$0\" sanitize \(redirection)")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: standard input cannot be read: \(reason);"))
    }

    @Test func aMissingTextToMeasureIsAFailureInOneSentence() throws {
        let outcome = try DixieProgram.run(
            "bench", "tokenize", "--restore_from", model.path, "--text", "/nowhere")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: /nowhere cannot be read: No such file"))
    }

    @Test func aFolderOfTextsThatCannotBeMadeIsAFailureInOneSentence() throws {
        let inTheWay = try model.folder.write("", to: "out")
        let outcome = try DixieProgram.run(
            "sample", "--restore_from", model.path, "--nfiles", "2", "-m", "1",
            "--destination_path", inTheWay)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: \(inTheWay) cannot be written: "))
    }
}
