import CSystem

/// CRC-32C, the checksum over every block of a bundle's index, every tensor of its data, and every
/// record of TensorFlow's other files.
public enum CRC32C {
    public static func checksum(_ bytes: UnsafeRawBufferPointer, after seed: UInt32 = 0) -> UInt32 {
        dixie_crc32c(seed, bytes.baseAddress, bytes.count)
    }

    public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        Array(bytes).withUnsafeBytes { checksum($0) }
    }

    /// The checksum of two stretches one after the other.
    static func joined(_ first: UInt32, _ second: UInt32, secondCount: Int) -> UInt32 {
        dixie_crc32c_joined(first, second, secondCount)
    }

    /// The checksum as it is stored: rotated and shifted, because a CRC over bytes that hold
    /// their own CRC says little.
    public static func masked(_ checksum: UInt32) -> UInt32 {
        (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}
