extension TextEncoding {
    /// The place of the first byte that stands for no character.
    struct Undecodable: Error, Equatable {
        let offset: Int
    }

    /// The text that `bytes` stand for, without a byte order mark.
    func text(of bytes: [UInt8]) throws(Undecodable) -> String {
        switch self {
        case .utf8: try Self.utf8Text(of: bytes)
        case .ascii: try Self.asciiText(of: bytes)
        case .latin1: Self.text(of: bytes) { UInt32($0) }
        case .windows1252: try Self.windowsText(of: bytes)
        case .utf16: try Self.utf16Text(of: bytes)
        case .utf16LittleEndian: try Self.utf16Text(of: bytes, isBigEndian: false)
        case .utf16BigEndian: try Self.utf16Text(of: bytes, isBigEndian: true)
        }
    }

    private static func utf8Text(of bytes: [UInt8]) throws(Undecodable) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: mark) ? mark.count : 0
        if let text = String(validating: bytes[start...], as: UTF8.self) { return text }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes[start...].makeIterator()
        var offset = start
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
            offset += scalar.count
        }
        throw Undecodable(offset: offset)
    }

    private static func asciiText(of bytes: [UInt8]) throws(Undecodable) -> String {
        if let offset = bytes.firstIndex(where: { $0 >= 0x80 }) {
            throw Undecodable(offset: offset)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func windowsText(of bytes: [UInt8]) throws(Undecodable) -> String {
        if let offset = bytes.firstIndex(where: { (0x80..<0xA0).contains($0) && upper[$0] == 0 }) {
            throw Undecodable(offset: offset)
        }
        return text(of: bytes) { (0x80..<0xA0).contains($0) ? UInt32(upper[$0]) : UInt32($0) }
    }

    /// What Windows has from 0x80 to 0x9F, where Latin-1 has control characters; 0 for none.
    private static let upper: WindowsTable = WindowsTable()

    private struct WindowsTable {
        private let codes: [UInt16] = [
            0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
            0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
            0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
            0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
        ]

        subscript(byte: UInt8) -> UInt16 { codes[Int(byte) - 0x80] }
    }

    /// One character a byte, each below U+10000 and none a surrogate.
    private static func text(of bytes: [UInt8], code: (UInt8) -> UInt32) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            if let scalar = Unicode.Scalar(code(byte)) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    private static func utf16Text(of bytes: [UInt8]) throws(Undecodable) -> String {
        try utf16Text(of: bytes, isBigEndian: bytes.starts(with: [0xFE, 0xFF]))
    }

    private static func utf16Text(
        of bytes: [UInt8], isBigEndian: Bool
    ) throws(Undecodable) -> String {
        let mark: [UInt8] = isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
        let start = bytes.starts(with: mark) ? mark.count : 0
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var place = start
        while place + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            place += 2
        }
        if let text = String(validating: units, as: UTF16.self), place == bytes.endIndex {
            return text
        }
        var parser = Unicode.UTF16.ForwardParser()
        var iterator = units.makeIterator()
        var offset = start
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
            offset += 2 * scalar.count
        }
        throw Undecodable(offset: offset)
    }
}
