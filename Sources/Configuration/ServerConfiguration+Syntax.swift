import JSON

extension ServerConfiguration {
    /// The text as JSON. Keys that stand twice go to `findings`; after any other fault of syntax
    /// nothing can be said about the rest.
    static func parse(
        _ bytes: [UInt8], file: String, findings: ConfigurationFindings
    ) throws(ConfigurationError) -> JSONValue {
        var duplicates: [JSONError] = []
        let result = Result { try JSONParser.parse(bytes, collecting: &duplicates) }
        findings.faults += duplicates.prefix(ConfigurationError.mostShown).map {
            fault(for: $0, in: bytes)
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            let fault =
                (error as? JSONError).map { self.fault(for: $0, in: bytes) }
                ?? ConfigurationFault(
                    at: .none, path: "", "cannot be read: \(error)", remedy: "see to the file")
            throw ConfigurationError(file: file, faults: findings.faults + [fault])
        }
    }

    private static func fault(for error: JSONError, in bytes: [UInt8]) -> ConfigurationFault {
        if case .duplicateKey(let key) = error.fault {
            return ConfigurationFault(
                at: error.position, path: String(key.prefix(64)), "stands twice in one object",
                remedy: "keep one of the two")
        }
        let remedy =
            switch error.fault {
            case .unexpectedCharacter(let expected) where expected.hasPrefix("\",\""):
                """
                a comma is missing at the end of line \
                \(lastLineWritten(before: error.position, in: bytes)), or a bracket does not match
                """
            case .unexpectedCharacter: "look for a comma too many, a missing quote or a comment"
            case .empty: "copy server_config.json.sample"
            case .notUTF8: "save the file as UTF-8"
            default: "mend the file there; it must be JSON"
            }
        return ConfigurationFault(
            at: error.position, path: "",
            "line \(error.position.line), column \(error.position.column): \(error.reason)",
            remedy: remedy)
    }

    /// The line of the last thing before `position`: where a comma is missing, it belongs there.
    private static func lastLineWritten(before position: JSONPosition, in bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let isBlank = { (byte: UInt8) in [0x20, 0x09, 0x0D].contains(byte) }
        guard lines.indices.contains(position.line - 1) else { return position.line }
        if !lines[position.line - 1].prefix(position.column - 1).allSatisfy(isBlank) {
            return position.line
        }
        let last = lines[..<(position.line - 1)].lastIndex { !$0.allSatisfy(isBlank) }
        return (last ?? position.line - 1) + 1
    }
}
