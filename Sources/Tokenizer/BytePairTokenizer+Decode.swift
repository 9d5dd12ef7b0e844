extension BytePairTokenizer {
    /// The bytes that `id` stands for; they need not be whole characters.
    ///
    /// - Throws: `TokenizerError` when there is no such token.
    public func bytes(of id: TokenID) throws -> [UInt8] {
        Array(try slice(of: id))
    }

    /// The bytes of all tokens, one after another.
    ///
    /// - Throws: `TokenizerError` at the first id that is no token.
    public func decode(_ ids: some Sequence<TokenID>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for id in ids { bytes += try slice(of: id) }
        return bytes
    }

    /// The text of all tokens, with U+FFFD in place of bytes that are not valid UTF-8, just as
    /// many as Python's `errors="replace"` puts there.
    ///
    /// - Throws: `TokenizerError` at the first id that is no token.
    public func decodeText(_ ids: some Sequence<TokenID>) throws -> String {
        String(decoding: try decode(ids), as: UTF8.self)
    }

    func slice(of id: TokenID) throws -> ArraySlice<UInt8> {
        guard vocabulary.contains(id) else {
            throw TokenizerError(.unknownToken(id, count: vocabulary.count))
        }
        return vocabulary.bytes(of: id)
    }
}
