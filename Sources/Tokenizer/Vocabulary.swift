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
        // Every id is in range and none stands twice, so each has its place.
        for place in places {
            guard let place else { continue }
            let member = members[place]
            func fail(_ fault: TokenizerError.Fault) -> TokenizerError {
                let place = member.position
                return TokenizerError(fault, file: file, line: place.line, column: place.column)
            }
            guard ByteAlphabet.append(member.key.utf8, to: &storage) else {
                throw fail(.notInAlphabet(token: member.key))
            }
            guard storage.count > starts[starts.count - 1] else { throw fail(.emptyToken) }
            starts.append(storage.count)
        }
        let index = TokenIndex(storage: storage, starts: starts)
        byteTokens = try (0...UInt8.max).map { byte in
            guard let id = index.id(of: [byte]) else {
                throw TokenizerError(.byteMissing(byte), file: file)
            }
            return id
        }
        endOfText = index.id(of: Array(EndOfText.spelling.utf8)[...])
        self.index = index
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
        index.bytes(of: Int(id))
    }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: ArraySlice<UInt8>) -> TokenID? { index.id(of: bytes) }
}
