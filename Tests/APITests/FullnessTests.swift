import Dispatch
import HTTP
import Logging
import Serving
import Synchronization
import TestSupport
import Testing

@testable import API

/// What is refused before its body is read, because no model could take it.
struct FullnessTests {
    private final class Switch: Sendable { let isOn = Mutex(false) }

    private func status(_ router: Router, _ method: String, _ path: String) -> Int? {
        let headers: HTTPHeaders = ["Content-Type": "application/json"]
        return router.refusal(of: HTTPRequestHead(method: method, path: path, headers: headers))?
            .status
    }

    @Test func onlyWhatWouldBeGeneratedIsRefused() {
        let fullness = Switch()
        let router = Router(
            [
                Route("POST", "/invocations", .open, generates: true) { _ in },
                Route("POST", "/prime", .open) { _ in }, Route("GET", "/health", .open) { _ in },
            ], gatekeeper: Gatekeeper([]), crossOrigin: CrossOriginPolicy([]),
            worker: WorkerQueue("test", limit: 1),
            fullness: {
                guard fullness.isOn.withLock({ $0 }) else { return nil }
                return APIError(429, "full", code: "queue_full", retryAfter: 3)
            }, metrics: RequestMetrics(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(status(router, "POST", "/invocations") == nil)
        fullness.isOn.withLock { $0 = true }
        #expect(status(router, "POST", "/invocations") == 429)
        #expect(status(router, "POST", "/prime") == nil && status(router, "GET", "/health") == nil)
        // What is wrong with the request itself is said first.
        #expect(status(router, "GET", "/invocations") == 405)
    }

    @Test func aFullServerRefusesByTheHeadAlone() async throws {
        let server = try LiveServer(
            models: LiveServer.model("red"), top: #""limits": {"queue": 1},"#)
        let body = #"{"model_key":"red","raw_text":"x","length":1}"#
        #expect(try await server.post("/invocations", body).status == 200)
        let version = try server.application.registry.acquireAndWait("red").version
        let gate = DispatchSemaphore(value: 0)
        // The first holds the engine's thread; the others wait, as many as there are places.
        for number in 0..<17 {
            let request = GenerationRequest(prompt: [1], maximumTokens: 1)
            try server.application.engine.submit(request, on: version) { event in
                if number == 0, case .began = event { gate.wait() }
            }
        }
        let client = try TestClient(port: server.port)
        client.send(
            "POST /invocations HTTP/1.1¶Host: localhost¶Content-Type: application/json¶Content-Length: 9¶¶"
        )
        let head = try await client.receive(through: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 429 ") && head.contains("Retry-After: "))
        #expect(try await server.get("/health").status == 200)
        gate.signal()
        // Until the others are done it may still be full.
        while server.application.engine.load > 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await server.post("/invocations", body).status == 200)
    }
}
