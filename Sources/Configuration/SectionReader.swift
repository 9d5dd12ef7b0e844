import JSON

/// Collects what is wrong while a configuration is read to its end.
final class ConfigurationFindings {
    var faults: [ConfigurationFault] = []
    /// Whether nobody would read on: a file of another kind has any number of them.
    var isFull: Bool { faults.count >= ConfigurationError.mostShown }
    var notices: [ConfigurationNotice] = []
}

/// Reads one object of a configuration by its section's table: what is wrong goes to `findings`,
/// and the field's default is read in its place, so that reading always goes on.
struct SectionReader {
    let section: ConfigurationSection
    /// `models[1]`; empty for the whole file.
    let path: String
    let position: JSONPosition
    let findings: ConfigurationFindings
    private let members: [JSONMember]

    /// - Parameters:
    ///   - section: which fields there may be.
    ///   - value: the object; nil, or another kind of value, which is a fault, has no fields.
    ///   - path: where it stands.
    ///   - findings: gets every unknown field at once.
    init(
        _ section: ConfigurationSection, _ value: JSONValue?, path: String,
        findings: ConfigurationFindings
    ) {
        self.section = section
        self.path = path
        self.findings = findings
        position = value?.position ?? .none
        members = value?.object ?? []
        if let value, value.object == nil {
            let fields = section.fields.prefix(3).map { "\"\($0.name)\"" }.joined(separator: ", ")
            findings.faults.append(
                ConfigurationFault(
                    at: value.position, path: path,
                    "must be an object, but this is \(value.kind)",
                    remedy: "write fields such as \(fields) between { and }"))
        }
        refuseUnknownFields()
    }

    private func refuseUnknownFields() {
        let names = section.fields.map(\.name)
        for member in members where !names.contains(member.key) {
            guard !findings.isFull else { return }
            let remedy =
                if let name = nearestName(to: member.key, among: names) {
                    "did you mean \"\(name)\"?"
                } else {
                    "leave it out; there are " + names.joined(separator: ", ")
                }
            findings.faults.append(
                ConfigurationFault(
                    at: member.position, path: path(of: String(member.key.prefix(64))),
                    "is not a field", remedy: remedy))
        }
    }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The table's row for `name`, which the caller spells as the table does.
    func field(_ name: String) -> ConfigurationField {
        guard let field = section.fields.first(where: { $0.name == name }) else {
            preconditionFailure("\(section) has no field \(name)")
        }
        return field
    }

    func has(_ name: String) -> Bool { members.contains { $0.key == name } }

    /// What the file says for `name`; nil where it says nothing, or `null` where that is the same.
    func value(_ name: String) -> JSONValue? {
        guard let member = members.first(where: { $0.key == name }) else { return nil }
        let field = field(name)
        if member.value.isNull, field.standard.isNull { return nil }
        if let notYet = field.notYet, member.value != field.standard {
            let notice = ConfigurationNotice(
                position: member.position, path: path(of: name), sentence: notYet)
            if !findings.notices.contains(notice) { findings.notices.append(notice) }
        }
        return member.value
    }

    /// The value or the default, as `read` takes it from JSON; a fault where it takes nothing.
    func read<Value>(_ name: String, _ read: (JSONValue) -> Value?) -> Value? {
        let field = field(name)
        if let value = value(name) {
            if let result = read(value) { return result }
            mismatch(field, value)
        }
        return field.standard.isNull ? nil : read(field.standard)
    }

    private func mismatch(_ field: ConfigurationField, _ value: JSONValue) {
        let found =
            switch value.content {
            case .integer(let number): "\(number)"
            case .number(let number): "\(number)"
            // Whoever mixes two fields up may have put a key here.
            case .string(let text) where field.isChoice: "\"\(text.prefix(64))\""
            case .string where field.isText: "another text"
            case .array where field.isList: "a list of something else, or of another length"
            default: value.kind
            }
        findings.faults.append(
            ConfigurationFault(
                at: value.position, path: path(of: field.name),
                "must be \(field.kind.expectation), but this is \(found)",
                remedy: field.remedy))
    }

    func fault(_ name: String, _ reason: String, remedy: String) {
        let place = members.first { $0.key == name }?.value.position ?? position
        findings.faults.append(
            ConfigurationFault(at: place, path: path(of: name), reason, remedy: remedy))
    }

    /// A reader of the object in field `name`; where there is none, every field has its default.
    func section(_ name: String) -> SectionReader {
        guard case .object(let section) = field(name).kind else {
            preconditionFailure("\(name) is no object")
        }
        return SectionReader(section, value(name), path: path(of: name), findings: findings)
    }

    /// The entries of the list in field `name`, each with its path.
    func entries(_ name: String) -> [(value: JSONValue, path: String)] {
        guard case .objects(let count) = field(name).kind else {
            preconditionFailure("\(name) is no list of objects")
        }
        let entries = read(name) { value in
            value.array.flatMap { count.contains($0.count) ? $0 : nil }
        }
        return (entries ?? []).enumerated().map { ($1, "\(path(of: name))[\($0)]") }
    }
}

extension ConfigurationField {
    fileprivate var isChoice: Bool {
        switch kind {
        case .choice, .choices, .size: true
        default: false
        }
    }

    fileprivate var isText: Bool {
        switch kind {
        case .text, .path, .identifier: true
        default: false
        }
    }

    fileprivate var isList: Bool {
        switch kind {
        case .texts, .oneOrMoreTexts, .paths, .identifiers, .choices, .objects: true
        default: false
        }
    }

    /// How a person mends a wrong value.
    fileprivate var remedy: String {
        let shown = example.isNull ? "" : "write it as in \"\(name)\": \(example.serialized)"
        return shown.isEmpty ? "mend it or leave it out" : shown
    }
}
