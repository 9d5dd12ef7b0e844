import Foundation
import JSON
import Page
import TestSupport
import Testing

@testable import API

/// The page at `/` and its parts, as they are sent.
struct PageRoutesTests {
    private static let browser =
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8¶"

    @Test func browsersGetThePageAndOthersTheGreeting() async throws {
        let server = try LiveServer()
        for accept in [
            Self.browser, "Accept: text/html¶", "Accept: */*¶Accept: TEXT/HTML; q=0.1¶",
        ] {
            let page = try await server.get("/", headers: accept)
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["vary"] == "Accept")
            #expect(page.body == PageFile.index.bytes)
        }
        for accept in [
            "", "Accept: */*¶", "Accept: application/json¶", "Accept: text/html;q=0¶",
            "Accept: text/html; q=0.000¶", "Accept: text/htmlx¶",
        ] {
            let greeting = try await server.get("/", headers: accept)
            #expect(greeting.status == 200)
            #expect(greeting.headers["vary"] == "Accept")
            #expect(greeting.headers["etag"] == nil)
            #expect(greeting.text.contains("hello friend</h1>"), "\(accept)")
            #expect(greeting.text.contains("POST /invocations"))
        }
        let head = try await server.get("/", method: "HEAD", headers: Self.browser)
        #expect(head.status == 200 && head.headers["etag"] != nil)
        #expect(head.headers["content-length"] == "\(PageFile.index.bytes.count)")
        #expect(try await server.post("/", "{}").status == 405)
    }

    @Test func everyPartIsStrictAboutWhatItMayDo() async throws {
        let server = try LiveServer(top: #""api_keys": ["a-key-that-is-asked-for"],"#)
        let paths =
            [("/", PageFile.index)] + PageFile.parts.map { ("/page/\($0.name)", $0) }
        for (path, file) in paths {
            let part = try await server.get(path, headers: path == "/" ? Self.browser : "")
            #expect(part.status == 200, "\(path)")
            #expect(part.body == file.bytes && !file.bytes.isEmpty)
            #expect(part.headers["content-type"] == file.contentType)
            #expect(
                part.headers["content-security-policy"]
                    == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                    + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
            #expect(part.headers["x-content-type-options"] == "nosniff")
            #expect(part.headers["referrer-policy"] == "no-referrer")
            #expect(part.headers["cache-control"] == "no-cache")
        }
        for path in ["/page", "/page/", "/page/index.html", "/page/x.js", "/main.js"] {
            #expect(try await server.get(path).status == 404, "\(path)")
        }
    }

    @Test func whoHasAPartIsToldSo() async throws {
        let server = try LiveServer()
        for path in ["/", "/page/main.js"] {
            let first = try await server.get(path, headers: Self.browser)
            let tag = try #require(first.headers["etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count == 34)
            for known in [
                tag, "W/\(tag)", "\"other\", \(tag)", "\"other\"¶If-None-Match: \(tag)", "*",
            ] {
                let again = try await server.get(
                    path, headers: Self.browser + "If-None-Match: \(known)¶")
                #expect(again.status == 304, "\(known)")
                #expect(again.body.isEmpty && again.headers["etag"] == tag)
                #expect(again.headers["content-security-policy"] != nil)
            }
            for unknown in ["\"other\"", tag.replacing("\"", with: ""), "W/\"\""] {
                let again = try await server.get(
                    path, headers: Self.browser + "If-None-Match: \(unknown)¶")
                #expect(again.status == 200 && again.body == first.body, "\(unknown)")
            }
        }
        let tags = Set(
            try await PageFile.parts.map(\.name).asyncMap {
                try await server.get("/page/\($0)").headers["etag"] ?? ""
            })
        #expect(tags.count == PageFile.parts.count)
    }

    /// A file that is added to the folder must be named in the code, too.
    @Test func everyFileOfTheFolderIsServed() throws {
        let folder = projectFolder.appendingPathComponent("Sources/Page/Files").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(names) == Set(PageFile.parts.map(\.name) + ["index.html"]))
    }

    /// What the page asks for, and what its parts import, is there and comes from this server.
    @Test func thePageAsksForNothingElsewhere() throws {
        let names = Set(PageFile.parts.map(\.name))
        for file in [PageFile.index] + PageFile.parts {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains("innerHTML") && !text.contains("insertAdjacentHTML"))
            #expect(!text.contains("eval("))
            let addresses = text.matches(of: /https?:\/\/[^\s"'<)]+/).map { String($0.0) }
            // The name of a kind of elements, which nobody asks for.
            #expect(addresses.allSatisfy { $0 == "http://www.w3.org/2000/svg" }, "\(addresses)")
            for match in text.matches(of: /(?:src|href)="page\/([^"]+)"|from "\.\/([^"]+)"/) {
                let name = String(match.1 ?? match.2 ?? "")
                #expect(names.contains(name), "\(file.name) asks for \(name)")
            }
        }
    }

    @Test func whatDependsOnTheOriginSaysSoBesides() async throws {
        let server = try LiveServer(top: #""cors_origins": ["https://page.test"], "#)
        #expect(try await server.get("/").headers["vary"] == "Accept, Origin")
        #expect(try await server.get("/page/main.js").headers["vary"] == "Origin")
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Result>(
        _ body: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
