import Foundation
import TestSupport
import Testing

/// What the commands make of paths that cannot be meant or cannot be written.
@Suite struct PathArgumentTests {
    private let model: SmallModel

    init() throws { model = try SmallModel() }

    @Test(arguments: [
        ["sample", "--restore_from", ""], ["sample", "--models_dir", ""],
        ["sample", "--destination_path", ""], ["bench", "load", "--restore_from", ""],
        ["decode", "x.npz", "--models_dir", ""], ["download", "124M", "--models_dir", ""],
        ["tokenizer", "train", "x", "--vocabulary_size", "300", "--destination_path", ""],
    ])
    func anEmptyPathIsWrongUsage(arguments: [String]) throws {
        let outcome = try DixieProgram.run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("is empty"))
    }

    // There is no model either, so whatever finds the path wrong looked at it before the model.
    @Test func samplesThatCannotBeWrittenAreRefusedBeforeTheModelIsRead() throws {
        let places = [(model.path, "folder"), (model.folder.path("no/such/file"), "No such file")]
        for (path, reason) in places {
            let outcome = try DixieProgram.run(
                "sample", "--restore_from", model.folder.path("nowhere"), "--destination_path",
                path)
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasPrefix("Error: \(path) cannot be written: "))
            #expect(outcome.errors.contains(reason))
        }
    }

    @Test func tokensThatCannotBeWrittenAreRefusedBeforeTheTextIsRead() throws {
        let path = model.folder.path("no/such/file.npz")
        let outcome = try DixieProgram.run(
            "encode", model.folder.path("nowhere"), path, "--model_name", model.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: \(path) cannot be written: "))
    }

    @Test func aFileInTheWorkingFolderCanBeWritten() throws {
        let outcome = try DixieProgram.shell(
            #"cd "$1" && "$0" sample --restore_from . -m 1 --ids --destination_path out"#,
            model.path)
        #expect(outcome.status == 0)
        #expect(FileManager.default.fileExists(atPath: model.folder.path("out")))
    }
}
