import Foundation
import TestSupport

/// A Swift source file of this project.
struct SwiftFile: Sendable, CustomStringConvertible {
    /// From the project's folder on.
    let path: String
    let lines: [String]

    var description: String { path }

    /// Every Swift file in `Sources` and `Tests`.
    private static let all = ["Sources", "Tests"].flatMap { folder -> [SwiftFile] in
        let root = projectFolder.appendingPathComponent(folder).path
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().compactMap {
            SwiftFile(path: "\(folder)/\($0)")
        }
    }

    /// Every Swift file below a folder such as `Sources/JSON`.
    static func all(below folder: String) -> [SwiftFile] {
        all.filter { $0.path.hasPrefix(folder + "/") }
    }

    init?(path: String) {
        let url = projectFolder.appendingPathComponent(path)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        self.init(path: path, text: text)
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        imports = Set(lines.compactMap(Self.imported))
    }

    /// The modules it imports.
    let imports: Set<String>

    /// The numbers, from 1, of the lines that hold `text`.
    func lines(with text: String) -> [Int] {
        lines.indices.filter { lines[$0].contains(text) }.map { $0 + 1 }
    }

    /// The module that a line imports: after any attributes and an access level comes `import`,
    /// then perhaps the kind of a declaration, then the module.
    private static func imported(by line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let words = line.split(separator: " ")
        let next = words.drop { $0.hasPrefix("@") || accessLevels.contains($0) }
        guard next.first == "import" else { return nil }
        let module = next.dropFirst().drop { declarationKinds.contains($0) }.first
        return module.map { String($0.prefix { $0 != "." }) }
    }

    private static let accessLevels: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let declarationKinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "var", "let",
    ]
}
