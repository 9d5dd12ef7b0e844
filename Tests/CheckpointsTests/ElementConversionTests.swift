import Testing

@testable import Checkpoints

@Suite struct ElementConversionTests {
    @Test func everyHalfBecomesTheSameNumber() {
        for pattern in UInt16.min ... .max {
            let converted = ElementConversion.float(fromHalf: pattern)
            let expected = Float(Float16(bitPattern: pattern))
            if expected.isNaN {
                #expect(converted.isNaN)
            } else if converted.bitPattern != expected.bitPattern {
                Issue.record("half \(pattern) became \(converted), not \(expected)")
            }
        }
    }

    @Test func bfloat16IsTheUpperHalfOfAFloat() {
        #expect(
            convert([UInt16(0x3F80), 0xC000, 0x7F80, 1], .bfloat16)[0..<3] == [1, -2, .infinity])
        #expect(convert([UInt16(1)], .bfloat16) == [Float(bitPattern: 0x10000)])
    }

    @Test func float64IsRoundedToNearest() {
        #expect(convert([0.1, -2.5, 1e300, 0x1.000001p0], .float64) == [0.1, -2.5, .infinity, 1])
    }

    @Test func elementsAtAnOddAddressAreRead() {
        var bytes: [UInt8] = [0xFF]
        withUnsafeBytes(of: Float(7.25)) { bytes += $0 }
        var result: [Float] = [0]
        bytes.withUnsafeBytes { source in
            result.withUnsafeMutableBufferPointer {
                ElementConversion.convert(
                    UnsafeRawBufferPointer(rebasing: source[1...]), of: .float32, into: $0)
            }
        }
        #expect(result == [7.25])
    }

    private func convert<Element>(_ list: [Element], _ type: ElementType) -> [Float] {
        var result = [Float](repeating: 0, count: list.count)
        list.withUnsafeBytes { source in
            result.withUnsafeMutableBufferPointer {
                ElementConversion.convert(source, of: type, into: $0)
            }
        }
        return result
    }
}
