import Foundation
import TestSupport

/// A page of Markdown of this project.
struct Page {
    /// From the project's folder on.
    let path: String
    private let text: String
    private var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Every page that people read.
    static func all() throws -> [Page] {
        let folder = projectFolder.appendingPathComponent("docs").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try
            (["README.md", "CHANGELOG.md"]
            + names.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }).map { try Page($0) }
    }

    init(_ path: String) throws {
        let url = projectFolder.appendingPathComponent(path)
        self.init(path: path, text: try String(contentsOf: url, encoding: .utf8))
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// The first words in backticks of each row of the table under a heading.
    func firstColumn(under heading: String) -> [String] {
        lines.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("#") }
            .compactMap { $0.firstMatch(of: /^\|[^|`]*`([^`]+)`/).map { String($0.1) } }
    }

    /// What stands in backticks and looks like a file or a folder, outside of fenced blocks.
    var namedFiles: [String] {
        prose.matches(of: /`([\w.+\/-]+)`/).map { String($0.1) }.filter { name in
            name.hasSuffix("/") || Self.suffixes.contains { name.hasSuffix($0) }
        }
    }

    /// Where links without a scheme lead, from the page's own folder on.
    var links: [String] {
        prose.matches(of: /\]\(([^)#\s]+)[^)]*\)/).map { String($0.1) }
            .filter { !$0.contains(":") }
    }

    private static let suffixes = [".swift", ".md", ".sh", ".py", ".c", ".h", ".jsonl", ".sample"]

    private var prose: String {
        var isFenced = false
        return lines.filter { line in
            if line.hasPrefix("```") { isFenced.toggle() }
            return !isFenced && !line.hasPrefix("```")
        }.joined(separator: "\n")
    }
}
