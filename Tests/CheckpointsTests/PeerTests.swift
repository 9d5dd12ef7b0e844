import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// What this room writes, opened by the packages that others open it with.
@Suite(.enabled(if: PeerPython.isPresent, "\(PeerPython.absence)"))
struct PeerTests {
    @Test func safetensorsOpensWhatIsWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        try SafetensorsWriter.write(
            [
                .init(name: "wte", shape: [3, 4], elements: eighths(12)),
                .init(name: "scalar", shape: [], elements: [2.5]),
                .init(name: "empty", shape: [0, 4], elements: []),
            ], to: path)
        try PeerPython.run(
            """
            import sys, numpy as np
            from safetensors import safe_open
            file = safe_open(sys.argv[1], "np")
            assert file.metadata() == {"format": "pt"}
            assert sorted(file.keys()) == ["empty", "scalar", "wte"]
            wte = file.get_tensor("wte")
            assert wte.dtype == np.float32
            assert (wte == np.arange(12).reshape(3, 4) / 8 - 1).all()
            assert file.get_tensor("scalar") == 2.5
            assert file.get_tensor("empty").shape == (0, 4)
            """, path)
    }

    @Test(arguments: [false, true])
    func numPyOpensWhatIsWritten(compressed: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("arrays.npz")
        try NPZWriter.write(
            [
                ("tokens", NPYArray(.int64(Array(0..<300_000)))),
                ("matrix", NPYArray(.float16([1, 2, 3, 4, 5, 6]), shape: [2, 3])),
                ("flags", NPYArray(.bool([true, false]))),
                ("number", NPYArray(.uint16([50256]), shape: [])),
                ("Grüße/ü", NPYArray(.float64([]))),
            ], to: path, compressed: compressed)
        try PeerPython.run(
            """
            import sys, zipfile, numpy as np
            assert zipfile.ZipFile(sys.argv[1]).testzip() is None
            file = np.load(sys.argv[1])
            assert file.files == ["tokens", "matrix", "flags", "number", "Grüße/ü"]
            assert file["tokens"].dtype == np.int64
            assert (file["tokens"] == np.arange(300_000)).all()
            assert file["matrix"].dtype == np.float16
            assert (file["matrix"] == [[1, 2, 3], [4, 5, 6]]).all()
            assert file["flags"].tolist() == [True, False]
            assert file["number"].dtype == np.uint16 and file["number"] == 50256
            assert file["Grüße/ü"].shape == (0,)
            """, path)
    }
}

/// A Python that has NumPy and safetensors, where there is one: what `scripts/peers.sh` makes.
enum PeerPython {
    static let path = projectFolder.appendingPathComponent(".venv/bin/python").path
    static let isPresent = FileManager.default.isExecutableFile(atPath: path)
    static let absence = "no Python with NumPy and safetensors; scripts/peers.sh makes one"

    /// Runs a script and expects it to end well.
    static func run(_ script: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-c", script] + arguments
        let output = Pipe()
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: text, as: UTF8.self))")
    }
}
