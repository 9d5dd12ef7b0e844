import Crypto
import Foundation
import TestSupport
import Testing

@testable import Fetch

@Suite struct PublishedModelTests {
    @Test(arguments: [
        ("124M", "124M"), ("117M", "124M"), ("gpt2", "124M"), ("openai-community/gpt2", "124M"),
        ("355M", "355M"), ("345M", "355M"), ("gpt2-medium", "355M"), ("774M", "774M"),
        ("gpt2-large", "774M"), ("1558M", "1558M"), ("gpt2-xl", "1558M"),
    ])
    func everySpellingOfASizeIsThatSize(name: String, folder: String) throws {
        let model = try PublishedModel(named: name)
        #expect(model.folder == folder)
        #expect(model.repository?.hasPrefix("openai-community/gpt2") == true)
    }

    @Test func repositoryIsTakenAsItIs() throws {
        let model = try PublishedModel(named: "someone/my.model-2")
        #expect(model == PublishedModel(folder: "my.model-2", repository: "someone/my.model-2"))
    }

    @Test(arguments: [
        "", "125M", "gpt3", "/", "a/", "/b", "a/b/c", "../b", "a/..", "a/.b", "a b/c", "a/b?c",
        "a/b#c", "a/%2e%2e", "é/b",
    ])
    func unknownNameIsAnErrorListingTheFour(name: String) {
        let error = #expect(throws: FetchError.unknownModel(name)) {
            try PublishedModel(named: name)
        }
        #expect(error?.description.contains("124M, 355M, 774M or 1558M") == true)
    }

    @Test func anyPlainNameWillDoAtASourceOfOnesOwn() throws {
        #expect(
            try PublishedModel(named: "mine", anyName: true)
                == PublishedModel(folder: "mine", repository: nil))
        #expect(throws: FetchError.unknownModel("..")) {
            try PublishedModel(named: "..", anyName: true)
        }
    }
}

@Suite struct ModelLayoutTests {
    @Test func openAIsFilesComeFromTheirFolder() throws {
        let downloads = try ModelLayout.openai.downloads(
            of: PublishedModel(named: "345M"), into: "/m")
        let base = "https://openaipublic.blob.core.windows.net/gpt-2/models/355M/"
        #expect(downloads.map(\.url.absoluteString) == ModelLayout.openai.files.map { base + $0 })
        #expect(downloads.map(\.path) == ModelLayout.openai.files.map { "/m/355M/" + $0 })
        #expect(
            Set(ModelLayout.openai.files) == [
                "checkpoint", "encoder.json", "hparams.json", "model.ckpt.data-00000-of-00001",
                "model.ckpt.index", "model.ckpt.meta", "vocab.bpe",
            ])
        #expect(downloads.allSatisfy { !$0.tagIsDigest })
    }

    @Test func huggingFacesFilesComeFromTheRepository() throws {
        let downloads = try ModelLayout.huggingface.downloads(
            of: PublishedModel(named: "gpt2-xl"), into: "models")
        #expect(
            downloads.first?.url.absoluteString
                == "https://huggingface.co/openai-community/gpt2-xl/resolve/main/config.json")
        #expect(downloads.last?.path.hasSuffix("models/1558M/model.safetensors") == true)
        #expect(downloads.allSatisfy { $0.tagIsDigest })
    }

    @Test func sourceReplacesWhatStandsBeforeTheName() throws {
        for source in ["https://mirror.example/base", "https://mirror.example/base/"] {
            let openai = try ModelLayout.openai.downloads(
                of: PublishedModel(named: "mine", anyName: true), from: source, into: "models")
            #expect(
                openai[0].url.absoluteString == "https://mirror.example/base/mine/hparams.json")
            #expect(openai.allSatisfy { $0.digest == nil })
            let other = try ModelLayout.huggingface.downloads(
                of: PublishedModel(named: "a/b"), from: source, into: "models")
            #expect(
                other[0].url.absoluteString
                    == "https://mirror.example/base/a/b/resolve/main/config.json")
        }
    }

    @Test func repositoryIsNotInOpenAIsLayout() throws {
        let model = try PublishedModel(named: "someone/model")
        #expect(throws: FetchError.unknownModel("someone/model")) {
            try ModelLayout.openai.downloads(of: model, into: "models")
        }
    }

    @Test(arguments: ["", "mirror", "ftp://mirror", "https://"])
    func sourceThatIsNoAddressIsRefused(source: String) throws {
        let model = try PublishedModel(named: "124M")
        #expect(throws: FetchError.badAddress(source)) {
            try ModelLayout.openai.downloads(of: model, from: source, into: "models")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
    func knownDigestsAreThoseOfThePublishedFiles() throws {
        let downloads = try ModelLayout.openai.downloads(
            of: PublishedModel(named: "124M"), into: "models")
        let known = downloads.filter { $0.digest != nil }
        #expect(known.count == 2)
        for download in known {
            let file = SharedData.file("gpt2/\(download.url.lastPathComponent)")
            #expect(try SHA256Digest(hashingFile: file.path) == download.digest)
            #expect(try Data(contentsOf: file).count == download.byteCount)
        }
    }
}
