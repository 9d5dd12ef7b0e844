import HTTP
import JSON

extension ServerConfiguration.Sessions {
    init(_ reader: SectionReader) {
        maximumCount = reader.integer("max")
        timeToLive = .seconds(reader.integer("ttl"))
    }
}

extension ServerConfiguration.Limits {
    init(_ reader: SectionReader) {
        http = HTTPLimits(reader)
        addressRate = reader.optionalNumber("address_rps")
        queue = reader.integer("queue")
    }
}

extension ServerConfiguration.TLS {
    static func read(
        _ server: SectionReader, folder: String, surroundings: ServerConfiguration.Surroundings
    ) -> Self? {
        guard server.value("tls") != nil else { return nil }
        let reader = server.section("tls")
        let entries = reader.required("certificates") {
            reader.has("certificates") ? reader.entries("certificates") : nil
        }
        let certificates = (entries ?? []).map { value, path in
            let entry = SectionReader(.certificate, value, path: path, findings: server.findings)
            let file = { (name: String) in
                let path = entry.required(name) { entry.path(name, from: folder) }
                if let path, !surroundings.fileExists(path) {
                    entry.fault(
                        name, "names a file that is not there or cannot be read: \(path)",
                        remedy: "correct the path, or put the file there")
                }
                return path ?? ""
            }
            let certificate = Certificate(certificate: file("certificate"), key: file("key"))
            let areThere = [certificate.certificate, certificate.key].allSatisfy {
                !$0.isEmpty && surroundings.fileExists($0)
            }
            if areThere, let problem = surroundings.validateCertificate(certificate) {
                entry.fault(
                    "certificate", "cannot be shown: \(problem)",
                    remedy: "give a chain in PEM and the private key of its first, not locked")
            }
            return certificate
        }
        return Self(
            host: reader.optionalText("host") ?? server.text("host"),
            port: reader.integer("port"), certificates: certificates)
    }
}

extension ServerConfiguration.Alexa {
    static func read(_ server: SectionReader, modelKeys: [String]) -> Self? {
        guard server.value("alexa") != nil else { return nil }
        let reader = server.section("alexa")
        let modelKey = reader.optionalText("model_key")
        if let modelKey, !modelKeys.contains(modelKey) {
            reader.fault(
                "model_key", "is \"\(modelKey)\", which is no model's key",
                remedy: "take one of: \(modelKeys.joined(separator: ", "))")
        }
        return Self(
            skillIDs: reader.required("skill_id") { reader.optionalTexts("skill_id") } ?? [],
            modelKey: modelKey, greeting: reader.text("greeting"),
            goodbye: reader.text("goodbye"), help: reader.text("help"),
            reprompt: reader.text("reprompt"), busy: reader.text("busy"))
    }
}

extension SectionReader {
    /// A field that must be there; the fault where it is not.
    func required<Value>(_ name: String, _ read: () -> Value?) -> Value? {
        if has(name) { return read() }
        fault(
            name, "is missing",
            remedy: "add it, as in \"\(name)\": \(field(name).example.serialized)")
        return nil
    }
}
