import Crypto
import JSON

extension APIKey {
    /// Reads the list of keys, refusing two with one id or one hash.
    static func read(_ server: SectionReader, environment: [String: String]) -> [APIKey] {
        var keys: [APIKey] = []
        for (index, entry) in server.entries("api_keys").enumerated() {
            guard
                let key = read(
                    entry.value, path: entry.path, number: index + 1, environment, server)
            else { continue }
            let isKnown = keys.contains { $0.hash == key.hash }
            if isKnown || keys.contains(where: { $0.id == key.id }) {
                server.findings.faults.append(
                    ConfigurationFault(
                        at: entry.value.position, path: entry.path,
                        isKnown
                            ? "is a key that stands above already"
                            : "has an id that stands above already",
                        remedy: isKnown ? "leave it out" : "give it another \"id\""))
                continue
            }
            keys.append(key)
        }
        return keys
    }

    private static func read(
        _ value: JSONValue, path: String, number: Int, _ environment: [String: String],
        _ server: SectionReader
    ) -> APIKey? {
        if let secret = value.string {
            let fault = { (reason: String, remedy: String) in
                server.findings.faults.append(
                    ConfigurationFault(at: value.position, path: path, reason, remedy: remedy))
            }
            guard let hash = hash(of: secret, fault) else { return nil }
            return APIKey(
                id: "key-\(number)", hash: hash, scopes: Set(Scope.allCases), models: nil,
                requestsPerSecond: nil, tokensPerMinute: nil)
        }
        let reader = SectionReader(.apiKey, value, path: path, findings: server.findings)
        guard value.object != nil else { return nil }
        let hash = hash(reader, environment)
        let id = reader.optionalText("id")
        if reader.has("sha256"), !reader.has("id") {
            reader.fault("id", "is missing", remedy: "name the key, as in \"id\": \"kitchen\"")
        }
        let scopes = reader.texts("scopes").compactMap(Scope.init(rawValue:))
        let models = reader.optionalTexts("models").map(Set.init)
        let requestsPerSecond = reader.optionalNumber("rps")
        let tokensPerMinute = reader.optionalInteger("tpm")
        guard let hash else { return nil }
        return APIKey(
            id: id ?? "key-\(number)", hash: hash, scopes: Set(scopes), models: models,
            requestsPerSecond: requestsPerSecond, tokensPerMinute: tokensPerMinute)
    }

    private static func hash(
        _ reader: SectionReader, _ environment: [String: String]
    ) -> SHA256Digest? {
        let digest = reader.optionalText("sha256")
        let variable = reader.optionalText("env")
        guard reader.has("sha256") != reader.has("env") else {
            reader.fault(
                reader.has("env") ? "env" : "sha256",
                reader.has("env") ? "stands beside \"sha256\"" : "is missing, and so is \"env\"",
                remedy: "say where the key is by one of \"env\" and \"sha256\"")
            return nil
        }
        if let digest {
            if let hash = SHA256Digest(hexadecimal: digest) { return hash }
            reader.fault(
                "sha256", "must be 64 hex digits", remedy: "make them with: dixie key")
        }
        guard let variable else { return nil }
        guard let secret = environment[variable] else {
            reader.fault(
                "env", "names a variable that is not set",
                remedy: "set it in the environment the server starts in")
            return nil
        }
        return hash(of: secret) { reader.fault("env", $0, remedy: $1) }
    }

    private static func hash(
        of secret: String, _ fault: (_ reason: String, _ remedy: String) -> Void
    ) -> SHA256Digest? {
        // What a header can carry (RFC 9110 5.5), and RFC 6750 wants of a token.
        guard (1...512).contains(secret.utf8.count), secret.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else {
            fault(
                "must be 1 to 512 visible ASCII characters without spaces",
                "make a key with: dixie key")
            return nil
        }
        do {
            return try SHA256Digest(hashing: secret)
        } catch {
            fault("cannot be hashed: \(error)", "see to the system's OpenSSL")
            return nil
        }
    }
}
