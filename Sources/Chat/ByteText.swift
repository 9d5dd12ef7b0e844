/// Searching and replacing on UTF-8 bytes.
///
/// Swift's own string search compares characters, so that "e" does not match inside "é" written
/// as two scalars; the original's Python compared code points. UTF-8 never lets one scalar begin
/// inside another, so comparing bytes is comparing code points, and bytes that are no UTF-8 at
/// all pass through untouched.
extension Array where Element == UInt8 {
    /// The bytes with every `needle`, from the left and without overlap, made `replacement`.
    /// An empty needle is never found.
    func replacing(_ needle: [UInt8], with replacement: [UInt8]) -> [UInt8] {
        guard let first = needle.first, count >= needle.count else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var index = 0
        while index < count {
            if self[index] == first, self[index...].starts(with: needle) {
                result += replacement
                index += needle.count
            } else {
                result.append(self[index])
                index += 1
            }
        }
        return result
    }

    /// The bytes with every run of spaces made one space; other white space stays.
    func collapsingSpaces() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for byte in self where byte != .space || result.last != .space { result.append(byte) }
        return result
    }

    /// The bytes before the `number`-th `marker`, with the markers before that one removed.
    func joiningParts(upTo number: Int, separatedBy marker: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var parts = 0
        var index = 0
        while index < count {
            if self[index...].starts(with: marker) {
                parts += 1
                if parts == number { break }
                index += marker.count
            } else {
                result.append(self[index])
                index += 1
            }
        }
        return result
    }
}

extension UInt8 {
    static let space = UInt8(ascii: " ")
    static let newline = UInt8(ascii: "\n")
    static let pipe = UInt8(ascii: "|")

    /// Space, tab, line feed or carriage return.
    var isBlank: Bool { self == .space || self == 0x09 || self == .newline || self == 0x0D }
}
