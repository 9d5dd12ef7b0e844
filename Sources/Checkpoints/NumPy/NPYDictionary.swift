/// The Python dictionary in a `.npy` header, read by a grammar of its own and never evaluated:
/// the three keys in any order, a plain string, `True` or `False`, a tuple of whole numbers.
struct NPYDictionary {
    let description: String
    let isFortranOrder: Bool
    let shape: [Int]

    /// Nil for anything NumPy would not write for an array of plain values; structures of named
    /// fields are among that.
    init?(_ bytes: [UInt8]) {
        var scanner = Scanner(bytes: bytes)
        var description: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        guard scanner.take("{") else { return nil }
        while !scanner.take("}") {
            guard let key = scanner.string(), scanner.take(":") else { return nil }
            switch key {
            case "descr" where description == nil:
                description = scanner.string()
            case "fortran_order" where isFortranOrder == nil:
                isFortranOrder = scanner.take("True") ? true : scanner.take("False") ? false : nil
            case "shape" where shape == nil: shape = scanner.tuple()
            default: return nil
            }
            guard scanner.take(",") || scanner.peek("}") else { return nil }
        }
        guard scanner.isAtEnd, let description, let isFortranOrder, let shape else { return nil }
        self.description = description
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func skipSpace() {
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0A { index += 1 }
        }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return index == bytes.count
            }
        }

        mutating func peek(_ text: String) -> Bool {
            skipSpace()
            return bytes[index...].starts(with: text.utf8)
        }

        mutating func take(_ text: String) -> Bool {
            guard peek(text) else { return false }
            index += text.utf8.count
            return true
        }

        /// A string of printable ASCII in either quote, without escapes.
        mutating func string() -> String? {
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27,
                let end = bytes[(index + 1)...].firstIndex(of: bytes[index])
            else { return nil }
            let text = bytes[index + 1..<end]
            guard text.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x5C }) else { return nil }
            index = end + 1
            return String(decoding: text, as: UTF8.self)
        }

        /// A whole number from 0 on; Python 2 ends long ones in L.
        mutating func number() -> Int? {
            skipSpace()
            let digits = bytes[index...].prefix { (0x30...0x39).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            index += digits.count
            _ = take("L")
            return value
        }

        mutating func tuple() -> [Int]? {
            guard take("(") else { return nil }
            var numbers: [Int] = []
            while !take(")") {
                guard let number = number() else { return nil }
                numbers.append(number)
                guard take(",") || peek(")") && numbers.count > 1 else { return nil }
            }
            return numbers
        }
    }
}
