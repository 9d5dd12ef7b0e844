import Testing

@testable import Checkpoints

@Suite struct CheckpointErrorTests {
    @Test func namesOutOfAFileCannotWriteOnATerminal() {
        let error = CheckpointError.noSuchTensor(
            path: "model", tensor: "a\u{1B}[2J\nb\u{202E}" + String(repeating: "x", count: 1000))
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(error.description.contains(#"a\u{1b}[2J\u{a}b\u{202e}x"#))
        #expect(error.description.count < 500)
    }

    @Test func pathsInLinesForPythonAreQuoted() {
        let text = CheckpointError.pickle(path: #"a"b\c/x.pt"#).description
        #expect(text.contains(#"torch.load("a\"b\\c/x.pt", map_location="cpu")"#))
        #expect(text.contains(#", "a\"b\\c/x.safetensors")`"#))
        let own = CheckpointError.pickle(path: "run/x.safetensors").description
        #expect(own.contains("\"run/x-converted.safetensors\""))
    }

    @Test func longListsAreCut() {
        let names = (1...150).map { "h.\($0)" }
        let text = CheckpointError.missingTensors(path: "model", tensors: names).description
        #expect(text.contains("the tensors h.1, h.2, "))
        #expect(text.contains("h.12 and 138 more"))
        let two = CheckpointError.missingTensors(path: "model", tensors: ["a", "b"]).description
        #expect(two.contains("lacks the tensors a and b."))
    }
}
