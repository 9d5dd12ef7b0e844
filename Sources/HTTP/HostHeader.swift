/// `uri-host [ ":" port ]` (RFC 9110, section 7.2), no user information, nothing encoded.
struct HostHeader: Equatable {
    /// In lower case, an IPv6 address with its brackets, no port.
    let name: String
    let port: UInt16?

    init?(_ value: Substring.UTF8View) {
        let bytes = Array(value)
        let end: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 2,
                bytes[1..<bracket].allSatisfy(Self.isAddressCharacter)
            else { return nil }
            end = bracket + 1
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard end > 0, end <= 255, bytes[..<end].allSatisfy(Self.isNameCharacter) else {
                return nil
            }
        }
        name = String(decoding: bytes[..<end].map(\.asciiLowercased), as: UTF8.self)
        guard end < bytes.count else {
            port = nil
            return
        }
        let digits = bytes[(end + 1)...]
        guard bytes[end] == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(\.isDigit)
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        // RFC 3986, section 3.2.3: the port may be empty after its colon.
        guard digits.isEmpty || (1...Int(UInt16.max)).contains(number) else { return nil }
        port = digits.isEmpty ? nil : UInt16(number)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    private static func isAddressCharacter(_ byte: UInt8) -> Bool {
        byte.hexadecimalValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
