import Foundation
import TestSupport
import Testing

/// What the fuzzer once found worth keeping, with every crash it ever found, run through the same
/// targets. `scripts/fuzz.sh` looks for more.
@Suite struct ReplayTests {
    private static let corpus = projectFolder.appendingPathComponent("Tests/Fuzzing/Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func everyInputIsReadOrRefused(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try files(in: Self.corpus.appendingPathComponent(name))
        #expect(inputs.count >= 3, "the corpus of \(name) was not found")
        for input in inputs {
            let bytes = Array(try Data(contentsOf: input))
            do {
                try target.run(bytes)
                // Where something was cut off, more errors are thrown than anywhere else.
                for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
                    try target.run(Array(bytes[..<count]))
                }
            } catch {
                Issue.record("\(name)/\(input.lastPathComponent): \(error)")
            }
        }
    }

    @Test func everyFolderOfTheCorpusHasATarget() throws {
        let names = try files(in: Self.corpus).map(\.lastPathComponent)
        #expect(Set(names) == Set(FuzzTarget.all.map(\.name)))
    }

    @Test func aLawThatDoesNotHoldIsAFinding() {
        #expect(throws: Finding.self) { try Finding.unless(false, "a law") }
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { !$0.lastPathComponent.hasPrefix(".") }
    }
}
