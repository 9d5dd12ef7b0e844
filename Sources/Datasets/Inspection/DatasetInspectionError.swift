/// Why a file cannot be a chat log at all.
public enum DatasetInspectionError: Error, Equatable, CustomStringConvertible {
    case empty(path: String)
    /// `offset` is that of the first zero byte.
    case binary(path: String, offset: Int)
    /// `offset` is that of the first byte that is not part of a character.
    case notUTF8(path: String, offset: Int, line: Int)

    public var description: String {
        switch self {
        case .empty(let path):
            "\(path) is empty; give a chat log of lines like 1|mom|Hi! <EOM>"
        case .binary(let path, let offset):
            "\(path) is not text: byte \(offset) is zero; give a chat log, and UTF-16 converted "
                + "to UTF-8"
        case .notUTF8(let path, let offset, let line):
            "\(path), line \(line): byte \(offset) of the file is not part of valid UTF-8; "
                + "convert it with dixie prepare --encoding cp1252, or whatever it is written in"
        }
    }
}
