import JSON

/// The tokens of a vocabulary and the bytes each stands for.
///
/// Ids are dense: 0 to `count - 1`, each once, and every byte has a token. Entries that no merge
/// makes, such as `<|endoftext|>` or the turn marks of a fine-tuned model, may have any text that
/// is written in the alphabet; `encode` never produces them unasked.
struct Vocabulary: Sendable {
    private let index: TokenIndex
    /// The token of each single byte.
    let byteTokens: [TokenID]
    /// The id of `<|endoftext|>`.
    let endOfText: TokenID?

    var count: Int { index.count }

    /// - Parameters:
    ///   - json: the bytes of `encoder.json` (or `vocab.json`).
    ///   - file: how errors name it.
    /// - Throws: `TokenizerError` with a fault and its place.
    init(json: [UInt8], file: String) throws {
        let read = try VocabularyEntries(json: json, file: file)
        let places = try Self.places(of: read)
        var storage = read.storage
        var starts = read.entries.map(\.start)
        if places != Array(places.indices) {
            storage.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            for place in places {
                starts.append(storage.count)
                storage += read.bytes(of: place)
            }
        }
        starts.append(storage.count)
        let index = try TokenIndex(storage: storage, starts: starts) { id, other in
            read.duplicate(at: max(places[id], places[other]))
        }
        byteTokens = try (0...UInt8.max).map { byte in
            guard let id = index.id(of: [byte]) else {
                throw TokenizerError(.byteMissing(byte), file: file)
            }
            return id
        }
        endOfText = index.id(of: Array(EndOfText.spelling.utf8)[...])
        self.index = index
    }

    /// Where the entry of each id stands.
    private static func places(of read: VocabularyEntries) throws -> [Int] {
        let free = -1
        var places = [Int](repeating: free, count: read.entries.count)
        for (index, entry) in read.entries.enumerated() {
            let id = entry.id
            guard places.indices.contains(id), TokenID(exactly: id) != nil else {
                // A token that stands twice has an id too many, which is then out of range.
                let token = read.bytes(of: index)
                if (0..<index).contains(where: { read.bytes(of: $0) == token }) {
                    throw read.duplicate(at: index)
                }
                let fault = TokenizerError.Fault.idOutOfRange(
                    token: read.text(of: index), id: id, count: places.count)
                throw read.fault(fault, at: entry.position)
            }
            guard places[id] == free else {
                if read.bytes(of: places[id]) == read.bytes(of: index) {
                    throw read.duplicate(at: index)
                }
                let fault = TokenizerError.Fault.idTwice(
                    token: read.text(of: index), other: read.text(of: places[id]), id: id)
                throw read.fault(fault, at: entry.position)
            }
            places[id] = index
        }
        // Every id is in range and none stands twice, so each has its place.
        return places
    }

    func contains(_ id: TokenID) -> Bool { id >= 0 && Int(id) < count }

    /// The bytes of a token that is in the vocabulary.
    func bytes(of id: TokenID) -> ArraySlice<UInt8> {
        index.bytes(of: Int(id))
    }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: UnsafeBufferPointer<UInt8>) -> TokenID? { index.id(of: bytes) }
}
