import Configuration
import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// The pages in docs/ and the code say the same.
struct DocumentationTests {
    private func page(_ name: String) throws -> String {
        try String(
            contentsOf: projectFolder.appendingPathComponent("docs/\(name)"), encoding: .utf8)
    }

    /// The rows of all tables, cell by cell.
    private func rows(_ page: String) -> [[String]] {
        page.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.dropFirst().dropLast().replacing("\\|", with: "\u{1F}").split(separator: "|")
                .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1F}", with: "|") }
        }
    }

    /// What stands between backticks.
    private func names(_ text: String) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }

    @Test func everyEndpointIsInThePageAndIsThere() throws {
        let server = try LiveServer()
        let served = server.application.routes.map { route in
            let who =
                switch route.access {
                case .open: "anyone"
                case .scope(let scope): scope.rawValue
                }
            // The page's parts have a line together.
            let path = route.path.hasPrefix("/page/") ? "/page/{key}" : route.path
            return "\(route.method) \(path) \(who)"
        }
        let written = rows(try page("ENDPOINTS.md")).compactMap { cells -> String? in
            guard let request = names(cells[0]).first else { return nil }
            return "\(request) \(cells[1])"
        }
        #expect(Set(written).count == written.count)
        #expect(Set(served).subtracting(written) == [])
        #expect(Set(written).subtracting(served) == [])
    }

    @Test func everyEndpointIsInTheDescriptionAndIsThere() throws {
        let server = try LiveServer()
        let served = server.application.routes.map { route in
            let path = route.path.hasPrefix("/page/") ? "/page/{key}" : route.path
            return "\(route.method) \(path)"
        }
        let description = try JSONParser.parse(page("openapi.json"))
        let written = description["paths"]?.object?.flatMap { path in
            (path.value.object ?? []).map { "\($0.key.uppercased()) \(path.key)" }
        }
        #expect(Set(served) == Set(written ?? []))
    }

    @Test func everyMetricIsInThePageAndIsThere() async throws {
        let server = try LiveServer()
        _ = try await server.post(
            "/invocations", #"{"model_key":"red","raw_text":"a","length":2}"#)
        let text = try await server.get("/metrics").text
        let families = text.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("# TYPE ") else { return nil }
            let words = line.split(separator: " ")
            return "\(words[2]) \(words[3])"
        }
        let written = rows(try page("METRICS.md")).compactMap { cells -> String? in
            names(cells[0]).first.map { "\($0) \(cells[1])" }
        }
        #expect(families.sorted() == written.sorted())
        // Each sample has the labels that the page gives its family.
        let samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        for cells in rows(try page("METRICS.md")) {
            guard let family = names(cells[0]).first, cells.count > 2 else { continue }
            let own = samples.filter {
                $0.hasPrefix(family + "{") || $0.hasPrefix(family + " ")
                    || $0.hasPrefix(family + "_count")
            }
            #expect(!own.isEmpty, "\(family)")
            for sample in own {
                let labels = sample.matches(of: /([a-z_]+)="/).map { String($0.output.1) }
                #expect(labels == names(cells[2]), "\(sample)")
            }
        }
        let dashboard = try page("grafana-dashboard.json")
        let known = Set(families.map { String($0.prefix { $0 != " " }) })
        for match in dashboard.matches(of: /(?:dixie|process)_[a-z_]+/) {
            let name = String(match.output)
            let family = ["_bucket", "_count", "_sum"].reduce(name) {
                $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
            }
            #expect(known.contains(family), "\(name)")
        }
    }

    @Test func theClientsAreThoseThatAreInstalled() throws {
        let folder = projectFolder.appendingPathComponent("Tests/Clients")
        let pinned = try String(
            contentsOf: folder.appendingPathComponent("requirements.txt"), encoding: .utf8
        ).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { String($0).replacing("==", with: " ") }
        let cells = rows(try page("CLIENTS.md")).filter { $0.count == 4 && !names($0[3]).isEmpty }
        // There is no client of the platform's own to ask a container with.
        #expect(Set(cells.map { $0[2] }) == Set(pinned + ["http.client of Python"]))
        let written = Set(cells.flatMap { names($0[3]) })
        let there = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("test_") }.map { "Tests/Clients/" + $0 }
        #expect(written == Set(there))
    }

    /// Where a dialect's fields are read, and the page that has them.
    @Test(arguments: [
        (["Dialects/OpenAI"], "OPENAI.md"), (["Dialects/Ollama"], "OLLAMA.md"),
        (["Dialects/Invocations.swift", "Replies/ReplyRequest.swift"], "INVOCATIONS.md"),
        (["Dialects/SageMaker.swift"], "SAGEMAKER.md"),
        (["Dialects/Administration.swift"], "ADMINISTRATION.md"),
    ])
    func everyFieldIsInItsPageAndIsRead(sources: [String], name: String) throws {
        let read = Set(try sources.flatMap { try fieldNames(in: "Sources/API/" + $0) })
        #expect(!read.isEmpty)
        let page = try page(name)
        // Without the examples, whose fences are backticks too.
        let text = page.replacing(/(?s)\n```.*?\n```/, with: "")
        let written = Set(
            names(text).flatMap { $0.split { !$0.isLetter && $0 != "_" }.map(String.init) })
        #expect(read.subtracting(written) == [], "\(name) lacks these")
        // A header is what a line of dashes stands below.
        let rows = rows(page)
        var isOfFields = false
        for (index, cells) in rows.enumerated() where !cells[0].contains("---") {
            if index + 1 < rows.count, rows[index + 1][0].contains("---") {
                isOfFields = ["field", "in `options`"].contains(cells[0])
            } else if isOfFields {
                #expect(Set(names(cells[0])).subtracting(read) == [], "\(name) has these only")
            }
        }
    }

    /// The names of the fields that a source file, or those of a folder, read.
    private func fieldNames(in path: String) throws -> [String] {
        let url = projectFolder.appendingPathComponent(path)
        let files =
            path.hasSuffix(".swift")
            ? [url]
            : try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        return try files.flatMap { file -> [String] in
            let source = try String(contentsOf: file, encoding: .utf8)
            let single = source.matches(
                of:
                    /(?:\.(?:string|strings|bool|integer|number|value)\(|clamped\(\s*own,)\s*"([a-z_]+)"/
            )
            let lists = source.matches(of: /lengths: \[([^\]]+)\]/)
            return single.map { String($0.output.1) }
                + lists.flatMap { list in
                    list.output.1.matches(of: /"([a-z_]+)"/).map { String($0.output.1) }
                }
        }
    }
}
