import JSON
import TestSupport
import Testing

/// `dixie eval`, from its arguments to its object.
@Suite struct EvalTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    @Test func jsonIsOneObjectWithAllThatWasAskedFor() throws {
        let log = try model.folder.write(
            "1|mom|Hi <EOM>\n0|mom|Hello there <EOM>\n1|mom|Bye <EOM>\n", to: "log.txt")
        let questions = try model.folder.write(
            #"{"ctx": "a", "endings": ["b", "cd"], "label": 1}"#, to: "questions.jsonl")
        let outcome = try DixieProgram.run(
            "eval", "--restore_from", model.path, "--dataset", log, "--replies", log, "--train",
            log, "--multiple_choice", questions, "--length", "12", "--temperature", "0", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let result = try JSONParser.parse([UInt8](outcome.output.utf8))
        let loss = try #require(result["loss"]?.number)
        // One token a byte.
        #expect(loss > 0 && result["tokens"]?.integer == result["bytes"]?.integer)
        #expect(try #require(result["bits_per_byte"]?.number) > loss)
        #expect(result["replies"]?["count"]?.integer == 2)
        #expect(result["replies"]?["verbatim"]?.number == 0)
        #expect(result["multiple_choice"]?["count"]?.integer == 1)
    }

    @Test func aFileIsReadBeforeTheModelIs() throws {
        let outcome = try DixieProgram.run(
            "eval", "--restore_from", model.folder.path("nowhere"), "--dataset",
            model.folder.path("no.txt"))
        #expect(outcome.status == 1 && outcome.errors.contains("no.txt"))
    }

    @Test(arguments: [("x", "fewer than two tokens"), ("0|mom|Hi <EOM>", "nothing to reply to")])
    func whatCannotBeMeasuredIsTold(text: String, part: String) throws {
        let file = try model.folder.write(text, to: "text.txt")
        let option = text == "x" ? "--dataset" : "--replies"
        let outcome = try DixieProgram.run("eval", "--restore_from", model.path, option, file)
        #expect(outcome.status == 1 && outcome.errors.contains(part))
    }

    @Test(arguments: [
        [], ["--train", "x"], ["--dataset", "x", "--stride", "0"], ["--dataset", ""],
        ["--replies", "x", "--reply_count", "0"],
    ])
    func wrongOptionsAreWrongUsage(options: [String]) throws {
        let outcome = try DixieProgram.run(["eval", "--restore_from", model.path] + options)
        #expect(outcome.status == 64 && outcome.errors.hasPrefix("Error: "))
    }
}
