import JSON
import Serving

/// The JSON of one text completion, whole or in chunks.
struct CompletionShape: Sendable {
    let id: String
    let model: String
    let created: Int
    /// Replies to each prompt that are sent.
    let choices: Int
    /// Replies to each prompt that are made.
    let candidates: Int
    /// Whether they were asked for; they are there too where the best are picked by them.
    let tellsScores: Bool

    func whole(_ made: [WholeReply.Choice]) -> JSONValue {
        let sent = stride(from: 0, to: made.count, by: candidates).flatMap {
            best(Array(made[$0..<$0 + candidates]))
        }
        let rows = sent.enumerated().map { index, one -> JSONValue in
            let prompt = Self.text(one.prompt)
            return choice(
                index, prompt + one.text, reason: one.ending.finishReason,
                logprobs: logprobs(one.prompt + one.scores, from: 0))
        }
        var members = [JSONMember("choices", .array(rows))]
        if let version = made.first?.ending.modelVersion {
            members.append(JSONMember("system_fingerprint", .string(version)))
        }
        members.append(
            JSONMember(
                "usage", made.map(\.ending).usage(choices: candidates).jsonWithDetails))
        return object(members)
    }

    /// The likeliest by their tokens' mean.
    private func best(_ made: [WholeReply.Choice]) -> [WholeReply.Choice] {
        guard choices < candidates else { return made }
        func mean(_ choice: WholeReply.Choice) -> Float {
            let scores = choice.scores.compactMap(\.chosen.logProbability)
            return scores.isEmpty ? -.infinity : scores.reduce(0, +) / Float(scores.count)
        }
        return Array(made.sorted { mean($0) > mean($1) }.prefix(choices))
    }

    /// With `countsUsage` a last chunk tells the tokens used, and every other says that it does
    /// not.
    func stream(countsUsage: Bool) -> StreamedReply.Format {
        let usage: [JSONMember] = countsUsage ? [JSONMember("usage", nil)] : []
        @Sendable func chunk(_ choice: JSONValue) -> [UInt8] {
            event(object([JSONMember("choices", [choice])] + usage))
        }
        return StreamedReply.Format(
            headers: .eventStream,
            prompt: { index, tokens in
                chunk(
                    choice(
                        index, Self.text(tokens), reason: nil,
                        logprobs: logprobs(tokens, from: 0)))
            },
            text: {
                chunk(
                    choice(
                        $0.choice, $0.text, reason: nil,
                        logprobs: logprobs($0.scores, from: $0.start)))
            },
            end: {
                chunk(
                    choice(
                        $0.choice, "", reason: $1.finishReason,
                        logprobs: logprobs($0.scores, from: $0.start)))
            },
            close: { endings in
                let count =
                    countsUsage
                    ? event(
                        object([
                            JSONMember("choices", []),
                            JSONMember(
                                "usage", endings.usage(choices: candidates).jsonWithDetails),
                        ])) : []
                return count + serverSentEvent("[DONE]")
            },
            error: { event($0.json) })
    }

    /// Of all at once: a character may have come from several.
    private static func text(_ tokens: [ScoredToken]) -> String {
        String(decoding: tokens.flatMap(\.chosen.bytes), as: UTF8.self)
    }

    private func event(_ json: JSONValue) -> [UInt8] { serverSentEvent(json.serialized) }

    private func object(_ members: [JSONMember]) -> JSONValue {
        .object(
            [
                JSONMember("id", .string(id)), JSONMember("object", "text_completion"),
                JSONMember("created", .integer(created)), JSONMember("model", .string(model)),
            ] + members)
    }

    private func choice(
        _ index: Int, _ text: String, reason: JSONValue, logprobs: JSONValue
    ) -> JSONValue {
        [
            "index": .integer(index), "text": .string(text), "logprobs": logprobs,
            "finish_reason": reason,
        ]
    }

    /// - Parameters:
    ///   - tokens: one after the other.
    ///   - start: the characters of the text before them.
    /// - Returns: null where they have no scores, or none were asked for.
    private func logprobs(_ tokens: [ScoredToken], from start: Int) -> JSONValue {
        guard tellsScores, tokens.contains(where: { $0.chosen.logProbability != nil }) else {
            return nil
        }
        var offset = start
        let offsets = tokens.map { token -> JSONValue in
            defer { offset += token.chosen.text.unicodeScalars.count }
            return .integer(offset)
        }
        return [
            "tokens": .array(tokens.map { .string($0.chosen.text) }),
            "token_logprobs": .array(tokens.map { Self.number($0.chosen.logProbability) }),
            "top_logprobs": .array(tokens.map(Self.alternatives)),
            "text_offset": .array(offsets),
        ]
    }

    /// By text; of two tokens that look alike the likelier.
    private static func alternatives(_ token: ScoredToken) -> JSONValue {
        guard token.chosen.logProbability != nil else { return nil }
        var seen: Set<String> = []
        return .object(
            token.alternatives.filter { seen.insert($0.text).inserted }.map {
                JSONMember($0.text, number($0.logProbability))
            })
    }

    private static func number(_ logProbability: Float?) -> JSONValue {
        logProbability.map { .number(Double($0)) } ?? nil
    }
}
