import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// `GET /personas` and `GET /admin/models`: who is served, to whom.
struct ListingTests {
    private static let keys = """
        "api_keys": ["everything-key-0001",
          {"id": "reds", "sha256": "\(redHash)", "scopes": ["infer"], "models": ["red"]},
          {"id": "boss", "sha256": "\(adminHash)", "scopes": ["admin"], "models": ["blue"]}],
        """
    /// SHA-256 of `only-red-key-0001` and of `only-admin-key-01`.
    private static let redHash = "7f6d9fb1d9dc9f3513a9a04c4a273812ac17a0f6bc7c3fb8930f6ead4e6ba064"
    private static let adminHash =
        "55d36c22df8ebf2db89d96ecdd2b5f3d5df8fc079849b47fb62509748e6a3989"

    private func header(_ key: String) -> String { "Authorization: Bearer \(key)¶" }

    private func keys(_ answer: ReceivedResponse, _ list: String) throws -> [String] {
        try #require(try answer.json[list]?.array).compactMap { $0["model_key"]?.string }
    }

    @Test func personasSayHowTheyAnswer() async throws {
        let blue = LiveServer.model(
            "blue",
            #"""
            , "preload": false, "persona": {"side": 1, "audience": "dad"}, "sanitizer": "chatbot",
            "names": ["mom", "", "dad", "a|b"], "generation": {"temperature": 0.7, "length": 33}
            """#)
        let server = try LiveServer(models: LiveServer.model("red") + "," + blue)
        let personas = try #require(
            try await server.get("/personas").json["personas"]?.array)
        #expect(personas.compactMap { $0["model_key"]?.string } == ["red", "blue"])
        let first = personas[0]
        #expect(first["loaded"]?.bool == true && first["context_length"]?.integer == 128)
        #expect(first["persona"] == ["side": 0, "audience": "user"])
        #expect(first["names"] == ["user"])
        #expect(first["generation"]?["temperature"]?.number == 0.3)
        #expect(first["generation"]?["length"]?.integer == 120)
        let second = personas[1]
        #expect(second["loaded"]?.bool == false && second["context_length"]?.isNull == true)
        #expect(second["persona"] == ["side": 1, "audience": "dad"])
        // What cannot stand in a prompt is no audience.
        #expect(second["names"] == ["dad", "mom"])
        #expect(second["generation"]?["temperature"]?.number == 0.7)
        #expect(second["generation"]?["length"]?.integer == 33)
    }

    @Test func aListHasWhatTheKeyOpens() async throws {
        let server = try LiveServer(top: Self.keys)
        let cases: [(String, String?, Int, [String])] = [
            ("/personas", nil, 401, []), ("/personas", "wrong", 401, []),
            ("/personas", "only-admin-key-01", 403, []),
            ("/personas", "only-red-key-0001", 200, ["red"]),
            ("/personas", "everything-key-0001", 200, ["red", "blue"]),
            ("/admin/models", nil, 401, []), ("/admin/models", "wrong", 401, []),
            ("/admin/models", "only-red-key-0001", 403, []),
            ("/admin/models", "only-admin-key-01", 200, ["blue"]),
            ("/admin/models", "everything-key-0001", 200, ["red", "blue"]),
            ("/admin/runs", nil, 401, []), ("/admin/runs", "only-red-key-0001", 403, []),
        ]
        for (path, key, status, models) in cases {
            let answer = try await server.get(path, headers: key.map(header) ?? "")
            #expect(answer.status == status, "\(path) \(key ?? "no key")")
            guard status == 200 else { continue }
            #expect(try keys(answer, path == "/personas" ? "personas" : "models") == models)
        }
        for path in ["/personas", "/admin/models", "/admin/runs"] {
            #expect(try await server.post(path, "{}", headers: header("wrong")).status == 405)
        }
    }

    @Test func theOwnerSeesWhatIsServedAndWhatIsConfigured() async throws {
        let restored = fixture("models/red").path
        let server = try LiveServer(
            models: LiveServer.model("red", #", "restore_from": "\#(restored)", "pin": true"#) + ","
                + LiveServer.model("blue", #", "preload": false, "weights": "int8""#))
        func models() async throws -> [JSONValue] {
            try #require(try await server.get("/admin/models").json["models"]?.array)
        }
        let (red, blue) = (try await models()[0], try await models()[1])
        #expect(red["loaded"]?.bool == true && blue["loaded"]?.bool == false)
        #expect(red["pinned"]?.bool == true && blue["pinned"]?.bool == false)
        #expect((red["bytes"]?.integer ?? 0) > 100_000 && blue["bytes"]?.isNull == true)
        #expect(red["weights"]?.string == "f32" && blue["weights"]?.string == "int8")
        #expect(red["version"]?.string?.count == 12 && blue["version"]?.isNull == true)
        #expect(red["model_name"]?.string == restored)
        #expect(red["restore_from"]?.string == restored && blue["restore_from"]?.isNull == true)
        #expect(red["serves"]?.string == restored + "/model.safetensors")
        #expect(
            blue["serves"]?.string == fixture("models/blue").path + "/model.safetensors")
        #expect(red["swapped"]?.bool == false && red["can_roll_back"]?.bool == false)
    }

    @Test func aSwapIsSeenUntilItIsUndone() async throws {
        let server = try LiveServer()
        func state() async throws -> [JSONValue?] {
            let model = try await server.get("/admin/models").json["models"]?.array?.first
            return [model?["swapped"], model?["can_roll_back"]]
        }
        func swap(_ name: String) async throws {
            let body = #"{"restore_from": "\#(fixture("models/\(name)").path)"}"#
            #expect(try await server.post("/admin/models/red/swap", body).status == 200)
        }
        func rollBack() async throws {
            #expect(try await server.post("/admin/models/red/rollback", "").status == 200)
        }
        #expect(try await state() == [false, false])
        try await swap("blue")
        #expect(try await state() == [true, true])
        let serves = try await server.get("/admin/models").json["models"]?.array?.first?["serves"]
        #expect(serves?.string == fixture("models/blue").path + "/model.safetensors")
        try await rollBack()
        #expect(try await state() == [false, true])
        try await rollBack()
        #expect(try await state() == [true, true])
        // Of two swaps the second is undone, and the first is still there.
        try await swap("red")
        try await rollBack()
        #expect(try await state() == [true, true])
        #expect(try await server.post("/admin/reload", "").status == 200)
        #expect(try await state() == [false, false])
    }
}
