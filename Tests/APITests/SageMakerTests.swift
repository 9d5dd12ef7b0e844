import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// What SageMaker's multi-model endpoints ask of a container.
struct SageMakerTests {
    /// A server with no models and 1 MB for them, as the platform starts one.
    private func server(_ folder: TemporaryFolder) throws -> LiveServer {
        try LiveServer(models: "", top: #""memory_limit": "1MB","#) {
            $0.isMultiModel = true
            $0.modelRoots = [folder.path("models")]
        }
    }

    /// The platform unpacks a model's archive into a folder of its own.
    private func unpacked(
        _ name: String, from fixtureName: String = "red", in folder: TemporaryFolder
    )
        throws -> String
    {
        let path = folder.path("models/\(name)/model")
        try FileManager.default.createDirectory(
            atPath: folder.path("models/\(name)"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: fixture("models/\(fixtureName)").path, toPath: path)
        return path
    }

    private func load(_ name: String, _ url: String, _ server: LiveServer) async throws
        -> ReceivedResponse
    {
        try await server.post("/models", #"{"model_name": "\#(name)", "url": "\#(url)"}"#)
    }

    private func names(_ server: LiveServer) async throws -> [String] {
        try await server.get("/models").json["models"]?.array?
            .compactMap { $0["modelName"]?.string } ?? []
    }

    private let prompt = #"{"raw_text": "The ", "length": 4, "temperature": 0}"#

    @Test func thePlatformLoadsUntilThereIsNoRoomAndGoesOn() async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        #expect(try await server.get("/ping").status == 200)
        #expect(try await names(server).isEmpty)
        var loaded: [String] = []
        var last = 0
        while last != 507, loaded.count < 20 {
            let name = "model-\(loaded.count)"
            let answer = try await load(name, unpacked(name, in: folder), server)
            last = answer.status
            if last == 200 { loaded.append(name) }
        }
        #expect(last == 507 && loaded.count >= 2, "\(last) after \(loaded.count)")
        #expect(try await names(server) == loaded)
        // The platform makes room and tries again.
        let first = try #require(loaded.first)
        #expect(try await server.get("/models/\(first)", method: "DELETE").status == 200)
        #expect(try await server.get("/models/\(first)", method: "DELETE").status == 404)
        #expect(try await server.get("/models/\(first)").status == 404)
        #expect(
            try await load("another", unpacked("another", from: "blue", in: folder), server).status
                == 200)
        let another = try await server.get("/models/another").json
        #expect(another["modelName"]?.string == "another")
        #expect(another["modelUrl"]?.string == folder.path("models/another/model"))
        #expect(
            try await load("another", folder.path("models/another/model"), server).status == 409)

        let answer = try await server.post("/models/another/invoke", prompt)
        let same = try await server.post(
            "/invocations", prompt, headers: "X-Amzn-SageMaker-Target-Model: another¶")
        #expect(answer.status == 200 && !answer.text.isEmpty && answer.text == same.text)
        #expect(try await server.post("/models/\(first)/invoke", prompt).status == 404)
        #expect(try await server.post("/models/\(loaded[1])/invoke", prompt).text != answer.text)
    }

    @Test func aRequestNamesOneModelOnly() async throws {
        let server = try LiveServer()
        let body = #"{"model_key": "blue", "raw_text": "a", "length": 1}"#
        let answer = try await server.post("/models/red/invoke", body)
        #expect(answer.status == 400 && answer.param == "model_key")
        #expect(try await server.post("/models/blue/invoke", body).status == 200)
        let header = "X-Amzn-SageMaker-Target-Model: red¶"
        #expect(try await server.post("/invocations", body, headers: header).status == 400)
        // As the platform sends it: the path has its own name of the model, the header the archive's.
        let archive = "X-Amzn-SageMaker-Target-Model: families/mom.tar.gz¶"
        #expect(
            try await server.post("/models/red/invoke", prompt, headers: archive).status == 200)
    }

    @Test(arguments: [
        #"{"url": "/etc"}"#, #"{"model_name": "a", "url": "/etc"}"#,
        #"{"model_name": "a"}"#, #"{"model_name": "a b", "url": "/x"}"#,
        #"{"model_name": "list", "url": "/x"}"#, #"{"model_name": 3, "url": "/x"}"#, "[]", "",
    ])
    func whatIsNoModelIsRefused(body: String) async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        let answer = try await server.post("/models", body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(try await names(server).isEmpty)
    }

    @Test func noModelIsCalledAsThePathOfTheList() async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        #expect(try await load("list", unpacked("list", in: folder), server).status == 400)
    }

    @Test func whatWasSwappedIsStillWhatCameByACall() async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        let path = try unpacked("one", in: folder)
        #expect(try await load("one", path, server).status == 200)
        let other = try unpacked("other", from: "blue", in: folder)
        let swap = try await server.post(
            "/admin/models/one/swap", #"{"restore_from": "\#(other)"}"#)
        #expect(swap.status == 200, "\(swap.text)")
        #expect(try await server.get("/models/one", method: "DELETE").status == 200)
        #expect(try await load("one", path, server).status == 200)
    }

    @Test func aDamagedModelIsRefusedAndNamed() async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        let path = try unpacked("bad", in: folder)
        try folder.write("no weights", to: "models/bad/model/model.safetensors")
        let answer = try await load("bad", path, server)
        #expect(
            answer.status == 422 && answer.message.contains("model.safetensors"), "\(answer.text)")
        #expect(try await names(server).isEmpty)
    }

    @Test func aFoldersOwnConfigurationSaysHowItsModelSpeaks() async throws {
        let folder = try TemporaryFolder()
        let server = try server(folder)
        let path = try unpacked("mine", in: folder)
        try folder.write(
            #"{"models": [{"key": "x", "model_name": "\#(path)", "generation": {"length": 3}}]}"#,
            to: "models/mine/model/server_config.json")
        #expect(try await load("mine", path, server).status == 200)
        // It need not know where it has been put.
        _ = try unpacked("here", in: folder)
        try folder.write(
            #"{"models": [{"restore_from": "./", "generation": {"length": 2}}]}"#,
            to: "models/here/model/server_config.json")
        #expect(try await load("here", folder.path("models/here/model"), server).status == 200)
        let reply = try await server.post(
            "/models/mine/invoke", #"{"raw_text": "The ", "format": "json"}"#)
        #expect(try reply.json["usage"]?["completion_tokens"]?.integer == 3, "\(reply.text)")
        // But not where others' files lie.
        let other = try unpacked("other", in: folder)
        try folder.write(
            #"{"models": [{"key": "x", "model_name": "\#(fixture("models/blue").path)"}]}"#,
            to: "models/other/model/server_config.json")
        #expect(try await load("other", other, server).status == 400)
    }

    /// Of the configuration, and loaded when they are asked for.
    private static let lazy = ["red", "blue"].map { LiveServer.model($0, #", "preload": false"#) }
        .joined(separator: ",")

    @Test func aModelOfTheConfigurationIsTakenOutAndLoadedAgain() async throws {
        let server = try LiveServer(models: Self.lazy)
        #expect(try await names(server).isEmpty)
        #expect(try await server.post("/models", #"{"model_name": "red"}"#).status == 200)
        #expect(try await server.post("/models", #"{"model_name": "red"}"#).status == 409)
        #expect(try await names(server) == ["red"])
        #expect(try await server.get("/models/red", method: "DELETE").status == 200)
        #expect(try await names(server).isEmpty)
        #expect(try await server.post("/models/red/invoke", prompt).status == 200)
    }

    /// SHA-256 of `the-asking-key-01` and of `the-red-key-0001`.
    private static let askingHash =
        "9507bea757ce1365920303bf86978feefed975f2cc5093bac9b9bd58f853d912"
    private static let redHash = "d397dd3ced1e3cb408055b03c56fbd04bee58d76e28b4e0a3f3056092276e0f1"

    @Test func withKeysOnlyWhoMayChangeModelsDoes() async throws {
        let server = try LiveServer(
            models: Self.lazy,
            top: #"""
                "api_keys": [{"id": "asks", "sha256": "\#(Self.askingHash)", "scopes": ["infer"]},
                    {"id": "red", "sha256": "\#(Self.redHash)", "models": ["red"]}],
                """#)
        let asks = "Authorization: Bearer the-asking-key-01¶"
        let red = "Authorization: Bearer the-red-key-0001¶"
        let body = #"{"model_name": "blue"}"#
        #expect(try await server.post("/models", body).status == 401)
        #expect(try await server.post("/models", body, headers: asks).status == 403)
        #expect(try await server.post("/models", body, headers: red).status == 403)
        let own = #"{"model_name": "red"}"#
        #expect(try await server.post("/models", own, headers: red).status == 200)
        #expect(
            try await server.get("/models/red", method: "DELETE", headers: asks).status == 403)
        // Where its files lie is not for who only asks.
        let seen = try await server.get("/models/red", headers: asks).json
        #expect(seen["modelName"]?.string == "red" && seen["modelUrl"] == nil)
        #expect(try await server.get("/models", headers: asks).status == 200)
    }
}
