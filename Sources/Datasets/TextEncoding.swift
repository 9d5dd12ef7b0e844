/// How the characters of a text file are written as bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case latin1 = "latin-1"
    case windows1252 = "cp1252"
    case ascii = "ascii"
    /// With a byte order mark, or else little-endian, as Python has it on this machine.
    case utf16 = "utf-16"
    case utf16LittleEndian = "utf-16-le"
    case utf16BigEndian = "utf-16-be"

    /// The encoding of that name, in any of the spellings Python takes.
    ///
    /// - Throws: `DatasetError.unknownEncoding`.
    public init(named name: String) throws(DatasetError) {
        guard let encoding = Self.spellings[Self.folded(name)] else {
            throw .unknownEncoding(name)
        }
        self = encoding
    }

    /// The names to offer; each is one that Python takes too.
    public static var names: [String] { allCases.map(\.rawValue) }

    private static let spellings: [String: TextEncoding] = [
        "utf8": .utf8, "u8": .utf8, "utf": .utf8, "cp65001": .utf8, "utf8sig": .utf8,
        "latin1": .latin1, "latin": .latin1, "l1": .latin1, "iso88591": .latin1,
        "88591": .latin1, "cp819": .latin1,
        "cp1252": .windows1252, "windows1252": .windows1252, "1252": .windows1252,
        "ascii": .ascii, "usascii": .ascii, "646": .ascii,
        "utf16": .utf16, "u16": .utf16,
        "utf16le": .utf16LittleEndian, "utf16be": .utf16BigEndian,
    ]

    /// Python takes `-`, `_` and a space for each other, and capitals for small letters.
    private static func folded(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// The encoding whose byte order mark `bytes` begin with, where it is not UTF-8.
    static func marked(_ bytes: [UInt8]) -> TextEncoding? {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? .utf16 : nil
    }
}
