/// How a request says where its body ends (RFC 9112, section 6.3).
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

/// The header fields that decide it, gathered while the head is read. Everything that two
/// programs might read in two ways is refused.
struct FramingFields {
    private var contentLength: Int?
    private var transferEncodings = 0

    /// Whether a field decides where a request ends, or whether another follows.
    static func decide(_ field: FieldLine) -> Bool {
        ["Content-Length", "Transfer-Encoding", "Connection", "Upgrade"].contains {
            field.name.isSame(as: $0)
        }
    }

    mutating func note(_ field: FieldLine) throws(RequestError) {
        if field.name.isSame(as: "Content-Length") {
            guard contentLength == nil else { throw .severalContentLengths }
            contentLength = try Self.length(field.value)
        } else if field.name.isSame(as: "Transfer-Encoding") {
            transferEncodings += 1
            guard transferEncodings == 1 else { throw .severalTransferEncodings }
            guard field.value.isSame(as: "chunked") else { throw .unknownTransferEncoding }
        }
    }

    func framing(in version: RequestLine.Version) throws(RequestError) -> BodyFraming {
        guard transferEncodings > 0 else {
            return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
        }
        guard contentLength == nil else { throw .contentLengthWithTransferEncoding }
        // RFC 9112, section 6.1: with HTTP/1.0 the framing is faulty, whatever it says.
        guard version != .http10 else { throw .transferEncodingInHTTP10 }
        return .chunked
    }

    /// `1*DIGIT`, up to what an `Int` holds.
    private static func length(_ digits: ArraySlice<UInt8>) throws(RequestError) -> Int {
        guard !digits.isEmpty, digits.count <= 19 else { throw .invalidContentLength }
        var length = 0
        for digit in digits {
            guard digit.isDigit else { throw .invalidContentLength }
            let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
            guard !overflow, !carry else { throw .invalidContentLength }
            length = sum
        }
        return length
    }
}
