import Checkpoints
import Foundation
import JSON
import TestSupport
import Testing

/// `dixie convert`, and that others open what it writes.
@Suite struct ConvertTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    private static let python = projectFolder.appendingPathComponent(".venv/bin/python")
    private static var hasPython: Bool {
        FileManager.default.isExecutableFile(atPath: python.path)
    }

    /// The model as the original's tools keep it: an npz with TensorFlow's names and shapes.
    private func writeNPZ() throws -> String {
        let source = try openCheckpoint(model.folder.path("model.safetensors"))
        let arrays = try source.tensors.map { tensor in
            var floats = [Float](repeating: 0, count: tensor.shape.reduce(1, *))
            try floats.withUnsafeMutableBufferPointer { try source.read(tensor.name, into: $0) }
            return (name: tensor.name, array: NPYArray(.float32(floats), shape: tensor.shape))
        }
        let path = model.folder.path("run/model-7.npz")
        try model.folder.write("", to: "run/empty")
        try NPZWriter.write(arrays, to: path, compressed: false)
        return path
    }

    @Test func anyCheckpointBecomesAFolderThatSaysTheSame() throws {
        for source in [model.path, try writeNPZ()] {
            let out = model.folder.path("out-\(source.count)")
            let outcome = try DixieProgram.run("convert", source, out, "--model_name", model.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("model version "))
            func highest(_ folder: String) throws -> String {
                try DixieProgram.run(
                    "sample", "--restore_from", folder, "--logits", "9", "-p", "abc"
                ).output
            }
            #expect(try highest(out) == highest(model.path))
            let config = try JSONParser.parse(
                [UInt8](try Data(contentsOf: URL(fileURLWithPath: out + "/config.json"))))
            #expect(config["model_type"]?.string == "gpt2" && config["n_ctx"]?.integer == 216)
        }
    }

    @Test(.enabled(if: hasPython, "no Python with safetensors; scripts/peers.sh makes one"))
    func safetensorsOpensTheWeights() throws {
        let out = model.folder.path("out")
        #expect(try DixieProgram.run("convert", model.path, out).status == 0)
        let script = """
            import sys, numpy
            from safetensors import safe_open
            file = safe_open(sys.argv[1] + "/model.safetensors", "np")
            assert file.metadata() == {"format": "pt"}
            old = safe_open(sys.argv[2] + "/model.safetensors", "np")
            names = {name: name.removeprefix("transformer.") for name in old.keys()}
            assert sorted(file.keys()) == sorted(names.values())
            for name in old.keys():
                tensor = file.get_tensor(names[name])
                assert tensor.dtype == numpy.float32
                assert (tensor == old.get_tensor(name).astype(numpy.float32)).all()
            """
        let outcome = try DixieProgram.run(Self.python, ["-c", script, out, model.path])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func filesThatAreThereAreReplacedOnlyWhenForced() throws {
        let out = model.folder.path("out")
        try model.folder.write("mine", to: "out/config.json")
        let refused = try DixieProgram.run("convert", model.path, out)
        #expect(refused.status == 1 && refused.errors.contains("--force"))
        #expect(try String(contentsOfFile: out + "/config.json", encoding: .utf8) == "mine")
        #expect(!FileManager.default.fileExists(atPath: out + "/model.safetensors"))
        #expect(try DixieProgram.run("convert", model.path, out, "--force").status == 0)
    }

    @Test func whatIsThereStaysWhereTheNewCannotBeWritten() throws {
        let out = model.folder.path("out")
        #expect(try DixieProgram.run("convert", model.path, out).status == 0)
        let weights = model.folder.url.appendingPathComponent("out/model.safetensors")
        let before = try Data(contentsOf: weights)
        func contents() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        }
        let names = try contents()
        // A limit to the size of files ends a program that does not see to it.
        let limited = try DixieProgram.shell(
            #"ulimit -f 1; "$0" convert "$1" "$2" --force 2>&1"#, model.path, out)
        #expect(limited.status == 1)
        #expect(
            limited.output.hasPrefix("Error: ") && limited.output.contains("File too large"),
            "\(limited.output)")
        #expect(try Data(contentsOf: weights) == before && contents() == names)
        // One of the small files cannot be replaced, which shows before the weights go.
        try FileManager.default.removeItem(atPath: out + "/config.json")
        try FileManager.default.createDirectory(
            atPath: out + "/config.json", withIntermediateDirectories: false)
        let refused = try DixieProgram.run("convert", model.path, out, "--force")
        #expect(refused.status == 1 && refused.errors.contains("config.json is a folder"))
        #expect(try Data(contentsOf: weights) == before && contents() == names)
    }

    @Test func aModelIsNeverWrittenOverItself() throws {
        let outcome = try DixieProgram.run("convert", model.path, model.path, "--force")
        #expect(outcome.status == 1 && outcome.errors.contains("name another folder"))
    }

    @Test func whatCannotBeReadLeavesNoFolder() throws {
        let out = model.folder.path("out")
        let broken = try model.folder.write("no checkpoint", to: "broken.safetensors")
        let outcome = try DixieProgram.run("convert", broken, out, "--model_name", model.path)
        #expect(outcome.status == 1 && outcome.errors.hasPrefix("Error: \(broken)"))
        #expect(!FileManager.default.fileExists(atPath: out))
    }
}
