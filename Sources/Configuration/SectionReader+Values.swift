import Chat
import JSON

// Each of these reads a field of its own kind, checked against the table. Those that are not
// optional are for fields to which the table gives a default.
extension SectionReader {
    func flag(_ name: String) -> Bool {
        certain(name, read(name) { $0.bool ?? $0.integer.flatMap { [0: false, 1: true][$0] } })
    }

    func integer(_ name: String) -> Int { certain(name, optionalInteger(name)) }
    func seconds(_ name: String) -> Duration { .seconds(integer(name)) }
    func number(_ name: String) -> Double { certain(name, optionalNumber(name)) }
    /// A number of bytes.
    func size(_ name: String) -> Int { certain(name, optionalSize(name)) }
    func text(_ name: String) -> String { certain(name, optionalText(name)) }
    func texts(_ name: String) -> [String] { certain(name, optionalTexts(name)) }

    /// A field whose choices are the cases of an enumeration.
    func choice<Choice: RawRepresentable>(_ name: String) -> Choice
    where Choice.RawValue == String {
        certain(name, Choice(rawValue: text(name)))
    }

    func optionalInteger(_ name: String) -> Int? {
        guard case .integer(let range) = field(name).kind else { wrongKind(name) }
        return read(name) { value in value.integer.flatMap { range.contains($0) ? $0 : nil } }
    }

    func optionalNumber(_ name: String) -> Double? {
        guard case .number(let range) = field(name).kind else { wrongKind(name) }
        return read(name) { value in value.number.flatMap { range.contains($0) ? $0 : nil } }
    }

    func optionalSize(_ name: String) -> Int? {
        guard case .size(let range) = field(name).kind else { wrongKind(name) }
        return read(name) { value in
            (value.integer ?? value.string.flatMap(ByteSize.bytes(in:)))
                .flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func optionalText(_ name: String) -> String? {
        switch field(name).kind {
        case .text(let range):
            read(name) { value in value.string.flatMap { Self.plainText($0, range) } }
        case .choice(let names):
            read(name) { value in value.string.flatMap { names.contains($0) ? $0 : nil } }
        case .identifier:
            read(name) { value in value.string.flatMap { Self.isIdentifier($0) ? $0 : nil } }
        default: wrongKind(name)
        }
    }

    /// A path, made absolute.
    func path(_ name: String, from folder: String) -> String? {
        guard case .path = field(name).kind else { wrongKind(name) }
        return read(name) { value in value.string.flatMap { Self.checkedPath($0, from: folder) } }
    }

    func paths(_ name: String, from folder: String) -> [String]? {
        guard case .paths(let count) = field(name).kind else { wrongKind(name) }
        return read(name) { list($0, count) { Self.checkedPath($0, from: folder) } }
    }

    func optionalTexts(_ name: String) -> [String]? {
        switch field(name).kind {
        case .texts(let count, let bytes):
            read(name) { list($0, count) { bytes.contains($0.utf8.count) ? $0 : nil } }
        case .oneOrMoreTexts(let count, let bytes):
            read(name) { value in
                value.string.map { Self.plainText($0, bytes).map { [$0] } }
                    ?? list(value, count) { Self.plainText($0, bytes) }
            }
        case .identifiers(let count):
            read(name) { list($0, count) { Self.isIdentifier($0) ? $0 : nil } }
        case .choices(let names):
            read(name) { list($0, 0...names.count) { names.contains($0) ? $0 : nil } }
        default: wrongKind(name)
        }
    }

    /// A list each of whose texts `element` takes; nil when it is none.
    private func list(
        _ value: JSONValue, _ count: ClosedRange<Int>, _ element: (String) -> String?
    ) -> [String]? {
        guard let values = value.array, count.contains(values.count) else { return nil }
        let texts = values.compactMap { $0.string.flatMap(element) }
        return texts.count == values.count ? texts : nil
    }

    private func certain<Value>(_ name: String, _ value: Value?) -> Value {
        guard let value else { preconditionFailure("\(section).\(name) has no default") }
        return value
    }

    private func wrongKind(_ name: String) -> Never {
        preconditionFailure("\(section).\(name) is of another kind")
    }

    private static func plainText(_ text: String, _ range: ClosedRange<Int>) -> String? {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isPlain && range.contains(text.utf8.count) ? text : nil
    }

    static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count <= 64 && ChatSessions.Key.isIdentifier(text)
    }

    private static func checkedPath(_ path: String, from folder: String) -> String? {
        plainText(path, 1...4096).map { absolute($0, from: folder) }
    }

    /// `path` as it is when absolute, else below `folder`.
    static func absolute(_ path: String, from folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }
}
