import Foundation
import TestSupport
import Testing

@Suite struct EncodeShardsTests {
    @Test func shardsAreWrittenAndListed() throws {
        let model = try SmallModel(hasWeights: false)
        let folder = try TemporaryFolder()
        try folder.write("first text", to: "texts/a.txt")
        try folder.write("second", to: "texts/b.txt")
        let outcome = try DixieProgram.run(
            "encode", "--model_name", model.path, "--shards", "--shard_tokens", "8", "--format",
            "bin", folder.path("texts"), folder.path("out"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
        #expect(
            names.sorted() == [
                "out_train_000001.bin", "out_train_000002.bin", "out_val_000000.bin",
            ])
        #expect(outcome.output.contains("out_train_000002.bin: 2 tokens"))
        let first = try Data(
            contentsOf: folder.url.appendingPathComponent("out/out_val_000000.bin"))
        #expect(first.count == 16)
    }

    @Test func aSetThatCannotBeFinishedLeavesNothing() throws {
        let model = try SmallModel(hasWeights: false)
        let folder = try TemporaryFolder()
        try folder.write("first text", to: "texts/a.txt")
        try Data([0x61, 0xFF]).write(to: folder.url.appendingPathComponent("texts/b.txt"))
        let arguments = [
            "encode", "--model_name", model.path, "--shards", "--shard_tokens", "4",
            folder.path("texts"), folder.path("out"),
        ]
        let refused = try DixieProgram.run(arguments)
        #expect(refused.status == 1 && refused.errors.contains("b.txt"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == [])
        try folder.write("second", to: "texts/b.txt")
        #expect(try DixieProgram.run(arguments).status == 0)
    }

    @Test(
        arguments: [
            ["--shard_tokens", "8"], ["--format", "npy"], ["--shards", "--shard_tokens", "0"],
            ["--shards", "--format", "npz"],
        ])
    func wrongUsageSaysSo(options: [String]) throws {
        let outcome = try DixieProgram.run(["encode"] + options + ["in", "out"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--shard") || outcome.errors.contains("--format"))
    }
}
