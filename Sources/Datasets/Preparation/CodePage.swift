/// A code page of one byte a character, as far as UTF-8 is ever read in it by mistake.
struct CodePage: Sendable {
    /// ISO 8859-1: byte n is U+00n.
    static let latin1 = CodePage(from80: Array(0x80...0x9F))

    /// Windows 1252, where 80–9F are letters and marks. The five bytes it leaves open are the
    /// controls of ISO 8859-1, as browsers take them.
    static let windows1252 = CodePage(from80: [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
    ])

    private let scalars: [Unicode.Scalar]
    private let bytes: [Unicode.Scalar: UInt8]

    /// - Parameter from80: what the bytes 80–9F are.
    private init(from80: [UInt32]) {
        scalars = (0...0xFF).map { byte in
            let value = (0x80...0x9F).contains(byte) ? from80[byte - 0x80] : UInt32(byte)
            return Unicode.Scalar(value) ?? "\u{FFFD}"
        }
        bytes = Dictionary(
            scalars.enumerated().map { ($1, UInt8($0)) }, uniquingKeysWith: { first, _ in first })
    }

    func scalar(of byte: UInt8) -> Unicode.Scalar { scalars[Int(byte)] }

    func byte(of scalar: Unicode.Scalar) -> UInt8? { bytes[scalar] }
}
