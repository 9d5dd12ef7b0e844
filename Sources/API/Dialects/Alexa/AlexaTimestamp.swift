import Foundation

/// The time that a request carries, as `2026-05-13T12:34:56Z`, with or without fractions of a second.
enum AlexaTimestamp {
    /// - Parameter text: of the request.
    /// - Returns: the time, to the second; nil for any other form.
    static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard (20...30).contains(bytes.count), bytes.last == UInt8(ascii: "Z") else { return nil }
        for (byte, shape) in zip(bytes, "dddd-dd-ddTdd:dd:dd".utf8) {
            guard shape == UInt8(ascii: "d") ? isDigit(byte) : byte == shape else { return nil }
        }
        let fraction = bytes[19...].dropLast()
        guard
            fraction.isEmpty
                || fraction.count > 1 && fraction.first == UInt8(ascii: ".")
                    && fraction.dropFirst().allSatisfy(isDigit)
        else { return nil }
        // Two minutes and a half are allowed for; what is less than a second is left out.
        return try? Date(String(text.prefix(19)) + "Z", strategy: .iso8601)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
