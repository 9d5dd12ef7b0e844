/// Something that reads bytes nobody has looked at before.
///
/// Damaged bytes are refused with the errors of the room that reads them, which a target expects and
/// catches. Everything else is a finding: a crash, time or memory without end, an error of another
/// kind, and a law of the reader that does not hold, which a target throws as `Finding`.
struct FuzzTarget: Sendable {
    /// What the command line and the folder in `Corpus/` call it.
    let name: String
    let run: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.run = run
    }

    static let all: [FuzzTarget] = [
        .requestHead, .chunkedBody, .json, .apiRequest, .serverConfiguration, .modelConfiguration,
        .safetensors, .npy, .npz, .bundle, .hdf5, .tokenizerFiles, .tokenizerText, .chatLog, .csv,
        .textEncodings,
    ]
}

/// A law that does not hold.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Throws unless `holds`.
    static func unless(_ holds: Bool, _ law: @autoclosure () -> String) throws {
        guard holds else { throw Finding(law()) }
    }
}
