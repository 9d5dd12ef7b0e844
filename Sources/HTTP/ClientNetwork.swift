import Foundation

/// Whom an address counts as, where something is counted by address.
public enum ClientNetwork {
    /// An IPv4 address as it is; of an IPv6 address the first 64 bits, as whoever has one has all
    /// that begin so.
    public static func name(of address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        withUnsafeMutableBytes(of: &bytes) { for index in 8..<16 { $0[index] = 0 } }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else {
            return address
        }
        let characters = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: characters, as: UTF8.self) + "/64"
    }
}
