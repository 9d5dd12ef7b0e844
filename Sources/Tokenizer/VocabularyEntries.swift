import JSON

/// What stands in `encoder.json` (or `vocab.json`): tokens and their ids, in the order of the file.
struct VocabularyEntries {
    struct Entry {
        let id: Int
        /// Where the token's bytes begin in `storage`; they end where the next one's begin.
        let start: Int
        let position: JSONPosition
    }

    private(set) var storage: [UInt8] = []
    private(set) var entries: [Entry] = []
    private let file: String

    /// - Parameters:
    ///   - json: the bytes of the file.
    ///   - file: how errors name it.
    /// - Throws: `TokenizerError` with the first fault and its place; that an id or a token stands
    ///   twice, or an id is out of range, is for whoever has them all.
    init(json: [UInt8], file: String) throws {
        self.file = file
        // A token takes more in JSON than its bytes; GPT-2's take a third.
        storage.reserveCapacity(json.count / 2)
        entries.reserveCapacity(json.count / 16)
        var start = 0
        var strange: String?
        let other: JSONValue?
        do {
            other = try JSONParser.readMembers(of: json) { key in
                start = storage.count
                let isKnown = ByteAlphabet.append(key, to: &storage)
                strange = isKnown ? nil : String(decoding: key, as: UTF8.self)
            } member: { value, position in
                if let strange { throw fault(.notInAlphabet(token: strange), at: position) }
                guard storage.count > start else { throw fault(.emptyToken, at: position) }
                guard let id = value.integer else {
                    let token = ByteAlphabet.text(for: storage[start...])
                    throw fault(.idNotWhole(token: token, kind: value.kind), at: position)
                }
                entries.append(Entry(id: id, start: start, position: position))
            }
        } catch let error as JSONError {
            throw fault(.notJSON(reason: error.reason), at: error.position)
        }
        if let other { throw fault(.vocabularyNotAnObject(kind: other.kind), at: other.position) }
    }

    /// The bytes of an entry's token.
    func bytes(of index: Int) -> ArraySlice<UInt8> {
        let end = index + 1 < entries.count ? entries[index + 1].start : storage.count
        return storage[entries[index].start..<end]
    }

    /// An entry's token, as the file writes it.
    func text(of index: Int) -> String { ByteAlphabet.text(for: bytes(of: index)) }

    /// That an entry's token stands before it, too.
    func duplicate(at index: Int) -> TokenizerError {
        let position = entries[index].position
        let error = JSONError(.duplicateKey(text(of: index)), at: position)
        return fault(.notJSON(reason: error.reason), at: position)
    }

    func fault(_ fault: TokenizerError.Fault, at position: JSONPosition) -> TokenizerError {
        TokenizerError(fault, file: file, line: position.line, column: position.column)
    }
}
