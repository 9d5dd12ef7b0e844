import Testing

@testable import Compute

@Suite struct SpareBuffersTests {
    private let buffers = SpareBuffers(limit: 10_000)

    private func given(_ count: Int) throws -> UnsafeMutableRawPointer? {
        let buffer = try ByteBuffer(count: count)
        buffer.bytes.initializeMemory(as: UInt8.self, repeating: 7)
        buffers.give(buffer)
        return buffer.bytes.baseAddress
    }

    @Test func whatWasGivenIsTakenAgainAndIsZero() throws {
        let address = try given(3000)
        let taken = try buffers.take(2000)
        #expect(taken.bytes.baseAddress == address)
        #expect(taken.bytes.allSatisfy { $0 == 0 })
        #expect(try buffers.take(2000).bytes.count == 2000)
    }

    @Test func theSmallestThatFitsIsTaken() throws {
        _ = try given(4000)
        let address = try given(3000)
        #expect(try buffers.take(2500).bytes.baseAddress == address)
    }

    @Test(arguments: [1000, 1499, 3001])
    func whatIsTooSmallOrTwiceTooLargeIsLeft(count: Int) throws {
        _ = try given(3000)
        #expect(try buffers.take(count).bytes.count == count)
        #expect(try buffers.take(3000).bytes.count == 3000)
    }

    @Test func theOldestGoBeyondTheLimit() throws {
        _ = try given(4000)
        let addresses = [try given(5000), try given(5000)]
        _ = try given(10_001)
        let taken = try (0..<2).map { _ in try buffers.take(5000) }
        #expect(Set(taken.map(\.bytes.baseAddress)) == Set(addresses))
        #expect(try buffers.take(2500).bytes.count == 2500)
    }

    @Test func aCountOfZeroIsServed() throws {
        #expect(try buffers.take(0).bytes.isEmpty)
    }
}
