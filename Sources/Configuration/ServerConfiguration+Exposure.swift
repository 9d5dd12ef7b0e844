import JSON

extension ServerConfiguration {
    /// Refuses to let other machines in without asking for a key, unless the owner says so.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - keys: who may call.
    ///   - insecure: the configuration's `insecure`, or `--insecure`.
    /// - Returns: the fault; nil when all is well.
    public static func exposureFault(
        host: String, keys: [APIKey], insecure: Bool
    ) -> ConfigurationFault? {
        guard keys.isEmpty, !insecure, !isLoopback(host) else { return nil }
        return ConfigurationFault(
            at: .none, path: "host", "lets other machines reach a server that asks for no key",
            remedy: """
                add "api_keys", or listen on 127.0.0.1, or say that you want this with \
                "insecure": true or --insecure
                """)
    }

    /// Whether only this machine can reach an address: 127.0.0.0/8, ::1 and localhost.
    public static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        if ["localhost", "::1", "[::1]"].contains(name) { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
                    && UInt8(part) != nil
            }
    }
}
