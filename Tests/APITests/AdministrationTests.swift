import Foundation
import JSON
import Serving
import TestSupport
import Testing

@testable import API

/// What the owner changes while the server runs.
struct AdministrationTests {
    private func restore(_ name: String, _ rest: String = "") -> String {
        #"{"restore_from": "\#(fixture("models/\(name)").path)"\#(rest)}"#
    }

    private func version(_ server: LiveServer, _ model: String) async throws -> String {
        let reply = try await server.post(
            "/invocations",
            #"{"model_key":"\#(model)","raw_text":"a","length":1,"format":"json"}"#)
        return try #require(reply.json["model_version"]?.string)
    }

    @Test func aModelIsSwappedAndRolledBack() async throws {
        let server = try LiveServer()
        let (red, blue) = (try await version(server, "red"), try await version(server, "blue"))
        let swap = try await server.post("/admin/models/red/swap", restore("blue"))
        #expect(swap.status == 200, "\(swap.text)")
        #expect(try swap.json["model_version"]?.string == blue)
        #expect(try swap.json["previous_version"]?.string == red)
        #expect(try await version(server, "red") == blue)
        let back = try await server.post("/admin/models/red/rollback", "")
        #expect(try back.json["model_version"]?.string == red)
        #expect(try await version(server, "red") == red)
        let drained = try await server.post(
            "/admin/models/red/swap", restore("blue", #", "drain": true"#))
        #expect(try drained.json["model_version"]?.string == blue)
        // A reload returns to the file.
        let reload = try await server.post("/admin/reload", "")
        #expect(try reload.json["swapped"]?.array?.compactMap(\.string) == ["red"])
        #expect(try await version(server, "red") == red)
    }

    @Test func aFolderWithALinkOutOfTheRootsIsRefused() async throws {
        let folder = try TemporaryFolder()
        let (inside, outside) = (folder.path("roots/model"), folder.path("outside"))
        try FileManager.default.createDirectory(
            atPath: folder.path("roots"), withIntermediateDirectories: true)
        for path in [inside, outside] {
            try FileManager.default.copyItem(atPath: fixture("models/blue").path, toPath: path)
        }
        let server = try LiveServer(top: #""model_roots": ["\#(folder.path("roots"))"],"#)
        let red = try await version(server, "red")
        let body = #"{"restore_from": "\#(inside)"}"#
        for name in ["model.safetensors", "config.json", "weights.f32.packed"] {
            let link = inside + "/" + name
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: outside + "/vocab.json")
            let answer = try await server.post("/admin/models/red/swap", body)
            #expect(answer.status == 400 && answer.text.contains(link), "\(answer.text)")
            #expect(try await version(server, "red") == red)
            try FileManager.default.removeItem(atPath: link)
            if name != "weights.f32.packed" {
                try FileManager.default.copyItem(
                    atPath: fixture("models/blue").path + "/" + name, toPath: link)
            }
        }
        #expect(try await server.post("/admin/models/red/swap", body).status == 200)
    }

    @Test func whatCannotBeIsRefusedAndChangesNothing() async throws {
        let server = try LiveServer()
        let red = try await version(server, "red")
        let cases = [
            ("/admin/models/green/swap", restore("blue"), 404),
            ("/admin/models/red/swap", "{}", 400),
            ("/admin/models/red/swap", #"{"restore_from": "../../../../etc"}"#, 400),
            ("/admin/models/red/swap", #"{"restore_from": "/etc"}"#, 400),
            ("/admin/models/red/swap", #"{"restore_from": "/dev/zero"}"#, 400),
            ("/admin/models/red/swap", restore("red/../../.."), 400),
            ("/admin/models/red/swap", restore("red/nothing"), 400),
            ("/admin/models/red/rollback", "", 409),
            ("/admin/models//swap", restore("blue"), 404),
        ]
        for (path, body, status) in cases {
            let answer = try await server.post(path, body)
            #expect(answer.status == status, "\(path) \(body): \(answer.text)")
        }
        #expect(try await server.get("/admin/reload").status == 405)
        for path in ["/admin/reload", "/admin/models/red/rollback"] {
            let page = try await server.post(path, "", headers: "Origin: http://elsewhere.test¶")
            #expect(page.status == 403)
        }
        #expect(try await version(server, "red") == red)
    }

    @Test func aFaultyConfigurationIsSaidToWhoReloadsIt() async throws {
        let server = try LiveServer()
        let red = try await version(server, "red")
        try server.configure(top: #""prot": 1,"#)
        let reload = try await server.post("/admin/reload", "")
        #expect(reload.status == 422 && reload.code == "invalid_configuration")
        #expect(reload.message.contains("prot"))
        #expect(try await version(server, "red") == red)
    }

    @Test func aModelWithoutRoomIs507AndTheRestIsServed() async throws {
        let models = [
            LiveServer.model("red", #", "pin": true, "weights": "f32""#),
            LiveServer.model("blue", #", "pin": true, "weights": "f32""#),
            LiveServer.model("green", fixture: "red", #", "preload": false, "weights": "f32""#),
        ]
        // Two of them and less than three.
        let server = try LiveServer(
            models: models.joined(separator: ","), top: #""memory_limit": "1MB","#)
        let answer = try await server.post(
            "/invocations", #"{"model_key":"green","raw_text":"a","length":1}"#)
        #expect(answer.status == 507 && answer.code == "insufficient_memory", "\(answer.text)")
        #expect(answer.headers["retry-after"] != nil)
        for model in ["red", "blue"] { _ = try await version(server, model) }
    }

    @Test func anEditedConfigurationIsReadWhereItIsWatched() async throws {
        let server = try LiveServer(top: #""watch": true,"#)
        _ = try await version(server, "red")
        try server.configure(
            models: LiveServer.model("red", fixture: "blue"), top: #""watch": true,"#)
        let end = ContinuousClock.now + .seconds(120)
        while !server.log.all.contains(where: { $0.hasPrefix("notice reloaded") }) {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(
            try await server.post(
                "/invocations", #"{"model_key":"blue","raw_text":"a","length":1}"#
            ).status == 404)
    }

    /// As containers' orchestrators put a new configuration in the place of the old one.
    @Test func aLinkThatIsTurnedIsNoticed() throws {
        let folder = try TemporaryFolder()
        for version in ["one", "two"] { try folder.write(version, to: "\(version)/c.json") }
        let manager = FileManager.default
        func link(_ name: String, to target: String) throws {
            try manager.createSymbolicLink(
                atPath: folder.path(name), withDestinationPath: target)
        }
        try link("data", to: "one")
        try link("c.json", to: "data/c.json")
        let changed = DispatchSemaphore(value: 0)
        let path = folder.path("c.json")
        let watch = FileWatch(path, since: FileIdentity(path)) { changed.signal() }
        try #require(watch != nil)
        try folder.write("nobody's business", to: "other")
        try link("next", to: "two")
        #expect(rename(folder.path("next"), folder.path("data")) == 0)
        #expect(changed.wait(timeout: .now() + 120) == .success)
        #expect(changed.wait(timeout: .now() + 1) == .timedOut)
        withExtendedLifetime(watch) {}
    }

    @Test func whatChangedBeforeItWasWatchedIsNoticed() throws {
        let folder = try TemporaryFolder()
        try folder.write("one", to: "c.json")
        let identity = FileIdentity(folder.path("c.json"))
        try folder.write("another", to: "c.json")
        let changed = DispatchSemaphore(value: 0)
        let watch = FileWatch(folder.path("c.json"), since: identity) { changed.signal() }
        #expect(changed.wait(timeout: .now() + 120) == .success)
        withExtendedLifetime(watch) {}
    }

    @Test func keysWithoutTheScopeAdminChangeNothing() async throws {
        let server = try LiveServer(
            top: #"""
                "api_keys": [{"id": "reader", "sha256":
                  "7f6d9fb1d9dc9f3513a9a04c4a273812ac17a0f6bc7c3fb8930f6ead4e6ba064",
                  "scopes": ["infer"]}],
                """#)
        let header = "Authorization: Bearer only-red-key-0001¶"
        for path in ["/admin/reload", "/admin/models/red/swap", "/admin/models/red/rollback"] {
            #expect(try await server.post(path, restore("blue")).status == 401)
            #expect(try await server.post(path, restore("blue"), headers: header).status == 403)
        }
    }
}
