import Foundation
import JSON
import TestSupport
import Testing

/// `dixie prepare` and `dixie dataset check`.
@Suite struct TextToolTests {
    private let model: SmallModel
    private var folder: TemporaryFolder { model.folder }

    init() throws { model = try SmallModel() }

    @Test func preparedTextGoesToAFileOrToStandardOutput() throws {
        let text = try folder.write("cafÃ© “now”\nplain\n", to: "in.txt")
        let printed = try DixieProgram.run("prepare", text)
        #expect(printed.status == 0 && printed.output == "café \"now\"\nplain\n")
        let out = folder.path("out.txt")
        #expect(try DixieProgram.run("prepare", text, "--outfile", out).status == 0)
        #expect(try String(contentsOfFile: out, encoding: .utf8) == printed.output)
        let piped = try DixieProgram.shell(#""$0" prepare - <"$1""#, text)
        #expect(piped.output == printed.output)
    }

    @Test func aFileThatIsNoUTF8LeavesTheOldResult() throws {
        let text = try folder.write(Array("caf".utf8) + [0xE9], to: "in.txt")
        let out = try folder.write("old", to: "out.txt")
        let outcome = try DixieProgram.run("prepare", text, "--outfile", out)
        #expect(outcome.status == 1 && outcome.errors.contains("--encoding cp1252"))
        #expect(try String(contentsOfFile: out, encoding: .utf8) == "old")
        let read = try DixieProgram.run("prepare", text, "--encoding", "cp1252")
        #expect(read.output == "café")
        #expect(try DixieProgram.run("prepare", text, "--encoding", "no").status == 64)
    }

    @Test func aLogWithFaultsEndsWithOneAndSaysWhere() throws {
        let log = try folder.write("1|mom|Hi <EOM>\nsecret\n", to: "log.txt")
        let outcome = try DixieProgram.run("dataset", "check", log, "--model_name", model.path)
        #expect(outcome.status == 1 && outcome.output.contains("line 2: "))
        #expect(outcome.output.contains("less than one window of 216"))
        #expect(!(outcome.output + outcome.errors).contains("secret"))
    }

    @Test func aGoodLogEndsWithNothingAtFault() throws {
        let log = try folder.write("1|mom|Hi <EOM>\n0|mom|Hello <EOM>\n", to: "log.txt")
        let outcome = try DixieProgram.run(
            "dataset", "check", log, "--json", "--models_dir", folder.path("none"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let result = try JSONParser.parse([UInt8](outcome.output.utf8))
        #expect(result["messages"]?.integer == 2 && result["tokens"] == nil)
        let missing = try DixieProgram.run("dataset", "check", log, "--model_name", "nowhere")
        #expect(missing.status == 1 && missing.errors.contains("no vocabulary"))
    }
}
