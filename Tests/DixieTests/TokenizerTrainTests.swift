import Foundation
import TestSupport
import Testing

@Suite struct TokenizerTrainTests {
    @Test func whatAKilledRunLeftIsRemoved() throws {
        let folder = try TemporaryFolder()
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        try folder.write("{", to: "voc/.encoder.json.tmp-\(ended.processIdentifier)-1abc")
        let texts = try folder.write("the cat, the hat and the other cat", to: "texts.txt")
        let outcome = try DixieProgram.run(
            "tokenizer", "train", texts, "--vocabulary_size", "260", "--destination_path",
            folder.path("voc"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("voc"))
        #expect(names.sorted() == ["encoder.json", "vocab.bpe"])
    }
}
