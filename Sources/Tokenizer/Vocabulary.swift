import JSON

/// The tokens of a vocabulary and the bytes each stands for.
///
/// Ids are dense: 0 to `count - 1`, each once, and every byte has a token. Entries that no merge
/// makes, such as `<|endoftext|>` or the turn marks of a fine-tuned model, may have any text that
/// is written in the alphabet; `encode` never produces them unasked.
struct Vocabulary: Sendable {
    /// The bytes of all tokens, one after another.
    private let storage: [UInt8]
    /// Token `id` is `storage[starts[id]..<starts[id + 1]]`.
    private let starts: [Int]
    private let ids: [ByteString: TokenID]
    /// The token of each single byte.
    let byteTokens: [TokenID]
    /// The id of `<|endoftext|>`.
    let endOfText: TokenID?

    var count: Int { starts.count - 1 }

    /// - Parameters:
    ///   - json: the bytes of `encoder.json` (or `vocab.json`).
    ///   - file: how errors name it.
    /// - Throws: `TokenizerError` with the first fault and its place.
    init(json: [UInt8], file: String) throws {
        let members = try Self.members(of: json, file: file)
        var places = [Int?](repeating: nil, count: members.count)
        for (index, member) in members.enumerated() {
            func fail(_ fault: TokenizerError.Fault) -> TokenizerError {
                let place = member.position
                return TokenizerError(fault, file: file, line: place.line, column: place.column)
            }
            guard let id = member.value.integer else {
                throw fail(.idNotWhole(token: member.key, kind: member.value.kind))
            }
            guard members.indices.contains(id), TokenID(exactly: id) != nil else {
                throw fail(.idOutOfRange(token: member.key, id: id, count: members.count))
            }
            if let other = places[id] {
                throw fail(.idTwice(token: member.key, other: members[other].key, id: id))
            }
            places[id] = index
        }

        var storage: [UInt8] = []
        var starts = [0]
        var ids: [ByteString: TokenID] = [:]
        ids.reserveCapacity(members.count)
        // Every id is in range and none stands twice, so each has its place.
        for (id, place) in places.enumerated() {
            guard let place else { continue }
            let member = members[place]
            func fail(_ fault: TokenizerError.Fault) -> TokenizerError {
                let place = member.position
                return TokenizerError(fault, file: file, line: place.line, column: place.column)
            }
            guard let bytes = ByteAlphabet.bytes(for: member.key) else {
                throw fail(.notInAlphabet(token: member.key))
            }
            guard !bytes.isEmpty else { throw fail(.emptyToken) }
            storage += bytes
            starts.append(storage.count)
            ids[ByteString(bytes)] = TokenID(id)
        }
        byteTokens = try (0...UInt8.max).map { byte in
            guard let id = ids[ByteString([byte])] else {
                throw TokenizerError(.byteMissing(byte), file: file)
            }
            return id
        }
        endOfText = ids[ByteString(Array(EndOfText.spelling.utf8))]
        self.storage = storage
        self.starts = starts
        self.ids = ids
    }

    private static func members(of json: [UInt8], file: String) throws -> [JSONMember] {
        let value: JSONValue
        do {
            value = try JSONParser.parse(json)
        } catch let error as JSONError {
            throw TokenizerError(
                .notJSON(reason: error.reason), file: file,
                line: error.position.line, column: error.position.column)
        }
        guard let members = value.object else {
            throw TokenizerError(
                .vocabularyNotAnObject(kind: value.kind), file: file,
                line: value.position.line, column: value.position.column)
        }
        return members
    }

    func contains(_ id: TokenID) -> Bool { id >= 0 && Int(id) < count }

    /// The bytes of a token that is in the vocabulary.
    func bytes(of id: TokenID) -> ArraySlice<UInt8> {
        storage[starts[Int(id)]..<starts[Int(id) + 1]]
    }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: [UInt8]) -> TokenID? { ids[ByteString(bytes)] }
}
