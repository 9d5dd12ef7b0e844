/// `field-name ":" OWS field-value OWS` (RFC 9112, section 5). A line that goes on from the one
/// before it, or has a space before its colon, is none.
struct FieldLine {
    var name: ArraySlice<UInt8>
    /// Without the white space around it.
    var value: ArraySlice<UInt8>

    init?(_ line: [UInt8]) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        name = line[..<colon]
        guard name.isToken else { return nil }
        value = line[(colon + 1)...].trimmed
    }
}
