import Foundation
import JSON
import TestSupport

/// `Package.swift` as the package manager understands it.
struct Manifest {
    struct Target {
        let name: String
        /// `regular`, `executable`, `system` or `test`.
        let kind: String
        /// Where it is when that is not `Sources/` and its name.
        let path: String?
        /// What pkg-config calls a system library.
        let library: String?
        /// The targets and products it may import.
        let dependencies: Set<String>
    }

    /// The identities of the packages it uses.
    let packages: Set<String>
    let targets: [Target]

    init() throws {
        let json = try PackageManager.run("dump-package")
        packages = Set(
            (json["dependencies"]?.array ?? []).compactMap {
                $0["sourceControl"]?.array?.first?["identity"]?.string
            })
        targets = try (json["targets"]?.array ?? []).map { target in
            Target(
                name: try Self.text(target, "name"), kind: try Self.text(target, "type"),
                path: target["path"]?.string, library: target["pkgConfig"]?.string,
                dependencies: Set(
                    (target["dependencies"]?.array ?? []).compactMap {
                        ($0["byName"] ?? $0["target"] ?? $0["product"])?.array?.first?.string
                    }))
        }
    }

    /// The rooms: what lies in `Sources/` in Swift, and the programs.
    var rooms: [Target] {
        targets.filter {
            ["regular", "executable"].contains($0.kind) && $0.path == nil
                && !SwiftFile.all(below: "Sources/\($0.name)").isEmpty
        }
    }

    private static func text(_ value: JSONValue, _ name: String) throws -> String {
        guard let text = value[name]?.string else { throw Unreadable(part: "a target's \(name)") }
        return text
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let part: String
        var description: String { "swift package dump-package does not say \(part)" }
    }
}
