import JSON

/// One reply as its client saw it come.
struct HTTPLoadReply: Sendable {
    /// From before the connection was made to the first piece of text.
    private(set) var firstToken: Duration?
    /// Between each piece of text and the one before.
    private(set) var gaps: [Duration] = []
    /// What the server counted; where it does not say, the pieces of text.
    var tokenCount: Int { told ?? pieceCount }
    private(set) var pieceCount = 0
    private var told: Int?
    private var lastPiece = Duration.zero

    /// Takes the data of an event.
    ///
    /// - Parameters:
    ///   - data: as it stood after `data: `.
    ///   - time: since before the connection was made.
    /// - Throws: `JSONError`; `ClientError.malformed` for an event that tells of a failure.
    mutating func receive(_ data: ArraySlice<UInt8>, after time: Duration) throws {
        guard !data.elementsEqual("[DONE]".utf8) else { return }
        let event = try JSONParser.parse(Array(data))
        guard event["error"] == nil else { throw ClientError.malformed("a failure as an event") }
        if let count = event["usage"]?["completion_tokens"]?.integer { told = count }
        // OpenAI's shape, and that of POST /invocations.
        let text = event["choices"]?.array?.first?["text"] ?? event["text"]
        guard text?.string?.isEmpty == false else { return }
        if pieceCount == 0 { firstToken = time } else { gaps.append(time - lastPiece) }
        lastPiece = time
        pieceCount += 1
    }
}
