import Foundation
import HTTP
import TestSupport
import Testing

@testable import API

/// Which page may have models changed: the server's own, and nobody else's.
struct OwnPageTests {
    private func head(_ host: String?, _ origins: [String]) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        if let host { headers.add("Host", host) }
        for origin in origins { headers.add("Origin", origin) }
        return HTTPRequestHead(method: "POST", path: "/admin/reload", headers: headers)
    }

    @Test(arguments: [
        ("localhost:12345", "http://localhost:12345"), ("127.0.0.1:1", "http://127.0.0.1:1"),
        ("[::1]:12345", "http://[::1]:12345"), ("localhost", "https://localhost"),
        ("LOCALHOST:80", "http://localhost:80"),
    ])
    func thePageOfThisMachineMayWithoutAKey(host: String, origin: String) {
        #expect(CrossOriginPolicy.isOwn(head(host, [origin]), showsKey: false))
    }

    @Test func thePageOfAnyOtherNameMayWithAKey() {
        for host in ["dixie.example.com", "10.0.0.7:12345", "localhost.example.com:80"] {
            for scheme in ["http", "https"] {
                let own = head(host, ["\(scheme)://\(host)"])
                #expect(CrossOriginPolicy.isOwn(own, showsKey: true))
                // Whoever owns a name can have it lead here.
                #expect(!CrossOriginPolicy.isOwn(own, showsKey: false))
            }
        }
    }

    @Test(arguments: [
        "http://localhost:3000", "http://localhost", "http://elsewhere.test", "null", "",
        "ftp://localhost:12345", "http://localhost:12345/", "http://localhost:123456",
        "http://a@localhost:12345", "localhost:12345",
    ])
    func noOtherPageMay(origin: String) {
        for showsKey in [false, true] {
            #expect(!CrossOriginPolicy.isOwn(head("localhost:12345", [origin]), showsKey: showsKey))
        }
    }

    @Test func doubtIsNo() {
        let own = "http://localhost"
        #expect(!CrossOriginPolicy.isOwn(head("localhost", [own, own]), showsKey: true))
        #expect(!CrossOriginPolicy.isOwn(head(nil, [own]), showsKey: true))
        // Who is no page at all is let by.
        #expect(CrossOriginPolicy.isOwn(head("localhost", []), showsKey: false))
    }

    @Test func theServersOwnPageReloadsSwapsAndRollsBack() async throws {
        let server = try LiveServer()
        let body = #"{"restore_from": "\#(fixture("models/blue").path)"}"#
        let calls = [
            ("/admin/models/red/swap", body), ("/admin/models/red/rollback", ""),
            ("/admin/reload", ""),
        ]
        for (path, body) in calls {
            for origin in ["http://localhost:81", "https://evil.test", "null"] {
                let page = try await server.post(path, body, headers: "Origin: \(origin)¶")
                #expect(page.status == 403 && page.code == "origin_not_allowed")
            }
            let own = try await server.post(path, body, headers: "Origin: http://localhost¶")
            #expect(own.status == 200, "\(path): \(own.text)")
        }
    }
}
