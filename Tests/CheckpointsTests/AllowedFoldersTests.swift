import Foundation
import TestSupport
import Testing

@testable import Checkpoints

struct AllowedFoldersTests {
    let folder: TemporaryFolder
    let allowed: AllowedFolders

    init() throws {
        folder = try TemporaryFolder()
        for name in ["models/a", "models/a/deep", "other"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write("x", to: "models/a/model.safetensors")
        try folder.write("x", to: "other/secret")
        for (link, target) in [
            ("models/out", folder.path("other")), ("models/in", folder.path("models/a")),
            ("models/root", "/"), ("linked", folder.path("models")),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(link), withDestinationPath: target)
        }
        #expect(mkfifo(folder.path("models/pipe"), 0o600) == 0)
        allowed = AllowedFolders([folder.path("models") + "/"])
    }

    @Test(arguments: [
        "models", "models/", "models/a", "models//a/./deep/", "models/a/model.safetensors",
    ])
    func whatLiesBelowIsAllowed(path: String) { #expect(allowed.allow(folder.path(path))) }

    @Test(arguments: [
        "other", "other/secret", "models/../other", "models/a/../../other/secret", "models/nothing",
        "models/out", "models/out/secret", "models/in", "models/in/deep", "models/root/etc/passwd",
        "models/pipe", "modelsx", "", "models/a\0/deep", "linked/a",
        "models/" + String(repeating: "a", count: 300),
    ])
    func whatDoesNotIsNot(path: String) { #expect(!allowed.allow(folder.path(path))) }

    @Test func plainFilesAreReadAndNothingElse() throws {
        let file = try #require(allowed.file(folder.path("models/a/model.safetensors")))
        #expect(file.size == 1 && file.modified > 1_700_000_000)
        #expect(file.bytes(at: 0, count: 100) == Array("x".utf8))
        for (offset, count) in [(1, 1), (0, 0), (5, 5), (-3, 0), (0, -1)] {
            #expect(file.bytes(at: offset, count: count).isEmpty)
        }
        for path in [
            "models/a", "models/pipe", "models/nothing", "other/secret", "models/out/secret",
            "models/in/model.safetensors", "models/a/../a/model.safetensors",
            "models/root/etc/passwd",
        ] {
            #expect(allowed.file(folder.path(path)) == nil, "\(path)")
        }
    }

    @Test func whatIsOpenedIsClosed() throws {
        let path = folder.path("models/a/model.safetensors")
        for _ in 0..<3 {
            #expect(allowed.file(path) != nil)
            #expect(allowed.names(in: folder.path("models/a"), atMost: 10).count == 2)
        }
        // No other test has this one's folder.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\($0)")
            return target?.hasPrefix(folder.path("models/a")) ?? false
        }
        #expect(open == [])
    }

    @Test func aFileThatIsCutWhileItIsOpenGivesWhatIsLeft() throws {
        let path = try folder.write(String(repeating: "y", count: 100), to: "models/a/loss.csv")
        let file = try #require(allowed.file(path))
        #expect(truncate(path, 10) == 0)
        #expect(file.bytes(at: 0, count: 100).count == 10)
        #expect(file.bytes(at: 50, count: 50).isEmpty)
    }

    @Test func namesAreThoseOfAllowedFolders() {
        #expect(
            Set(allowed.names(in: folder.path("models/a"), atMost: 9)) == [
                "deep", "model.safetensors",
            ])
        #expect(allowed.names(in: folder.path("models/a"), atMost: 1).count == 1)
        for path in ["other", "models/out", "models/nothing", "models/pipe", "models/a/../a"] {
            #expect(allowed.names(in: folder.path(path), atMost: 9).isEmpty, "\(path)")
        }
    }

    @Test func linksThatTheOwnerHasNamedAreFollowed() {
        #expect(AllowedFolders([folder.path("linked")]).allow(folder.path("linked/a")))
        #expect(!AllowedFolders([]).allow(folder.path("models")))
        #expect(AllowedFolders(["/"]).allow("/etc/passwd"))
        #expect(!AllowedFolders(["/dev"]).allow("/dev/zero"))
    }

    @Test func linksThatLeadOutOfTheFoldersAreFound() throws {
        let models = folder.path("models")
        #expect(try allowed.strayLink(in: models) == models + "/out")
        #expect(try allowed.strayLink(in: models + "/a") == nil)
        // What a hub's folders are made of: names that lead to files beside them.
        let link = models + "/a/deep/model.safetensors"
        func lead(to target: String) throws {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: target)
        }
        try lead(to: "../model.safetensors")
        #expect(try allowed.strayLink(in: models + "/a/deep") == nil)
        // By the name that the owner gave the folders, whatever it leads to.
        let named = AllowedFolders([folder.path("linked")])
        #expect(try named.strayLink(in: folder.path("linked/a/deep")) == nil)
        try lead(to: "nothing")
        #expect(try allowed.strayLink(in: models + "/a/deep") == nil)
        try lead(to: "../../../other/secret")
        #expect(try allowed.strayLink(in: models + "/a/deep") == link)
        #expect(try allowed.strayLink(in: link) == link)
        #expect(try named.strayLink(in: folder.path("linked/a/deep")) != nil)
    }
}
