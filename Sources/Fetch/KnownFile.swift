import Crypto

/// A published file that is the same for every size of GPT-2, and known byte for byte.
///
/// Only what was held in the hands is listed. Of the rest, Hugging Face tells the digests itself,
/// and OpenAI's files are checked by their sizes.
struct KnownFile {
    let byteCount: Int
    let digest: SHA256Digest?

    private init(_ byteCount: Int, _ hexadecimal: String) {
        self.byteCount = byteCount
        digest = SHA256Digest(hexadecimal: hexadecimal)
    }

    static let published: [ModelLayout: [String: KnownFile]] = [
        .openai: [
            "encoder.json": KnownFile(
                1_042_301, "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"),
            "vocab.bpe": KnownFile(
                456_318, "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"),
        ]
    ]
}
