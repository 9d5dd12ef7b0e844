import JSON
import Serving

/// The JSON of one chat completion, whole or in chunks.
struct ChatCompletionShape: Sendable {
    let id: String
    let model: String
    let created: Int
    let choices: Int
    let tellsScores: Bool

    func whole(_ made: [WholeReply.Choice]) -> JSONValue {
        let rows = made.enumerated().map { index, one -> JSONValue in
            [
                "index": .integer(index),
                "message": [
                    "role": "assistant", "content": .string(one.text), "refusal": nil,
                ],
                "logprobs": logprobs(one.scores), "finish_reason": one.ending.finishReason,
            ]
        }
        let version = made.first?.ending.modelVersion ?? ""
        return object(
            "chat.completion",
            [
                JSONMember("system_fingerprint", .string(version)),
                JSONMember("choices", .array(rows)),
                JSONMember(
                    "usage", made.map(\.ending).usage(choices: choices).jsonWithDetails),
            ])
    }

    /// With `countsUsage` a last chunk tells the tokens used, and every other says that it does
    /// not.
    func stream(countsUsage: Bool) -> StreamedReply.Format {
        let usage: [JSONMember] = countsUsage ? [JSONMember("usage", nil)] : []
        @Sendable func chunk(
            _ choice: Int, _ delta: JSONValue, scores: [ScoredToken] = [], reason: JSONValue = nil
        ) -> [UInt8] {
            let row: JSONValue = [
                "index": .integer(choice), "delta": delta,
                "logprobs": scores.isEmpty ? nil : logprobs(scores), "finish_reason": reason,
            ]
            return event(
                object("chat.completion.chunk", [JSONMember("choices", [row])] + usage))
        }
        return StreamedReply.Format(
            headers: .eventStream,
            begin: { chunk($0, ["role": "assistant", "content": "", "refusal": nil]) },
            text: { chunk($0.choice, ["content": .string($0.text)], scores: $0.scores) },
            end: {
                chunk($0.choice, .object([]), scores: $0.scores, reason: $1.finishReason)
            },
            close: { endings in
                let count =
                    countsUsage
                    ? event(
                        object(
                            "chat.completion.chunk",
                            [
                                JSONMember("choices", []),
                                JSONMember(
                                    "usage", endings.usage(choices: choices).jsonWithDetails),
                            ])) : []
                return count + serverSentEvent("[DONE]")
            },
            error: { event($0.json) })
    }

    private func event(_ json: JSONValue) -> [UInt8] { serverSentEvent(json.serialized) }

    private func object(_ kind: JSONValue, _ members: [JSONMember]) -> JSONValue {
        .object(
            [
                JSONMember("id", .string(id)), JSONMember("object", kind),
                JSONMember("created", .integer(created)), JSONMember("model", .string(model)),
            ] + members)
    }

    private func logprobs(_ tokens: [ScoredToken]) -> JSONValue {
        guard tellsScores else { return nil }
        let rows = tokens.map { token -> JSONValue in
            .object(
                Self.members(token.chosen) + [
                    JSONMember(
                        "top_logprobs",
                        .array(token.alternatives.map { .object(Self.members($0)) }))
                ])
        }
        return ["content": .array(rows), "refusal": nil]
    }

    private static func members(_ candidate: ScoredToken.Candidate) -> [JSONMember] {
        [
            JSONMember("token", .string(candidate.text)),
            JSONMember(
                "logprob", candidate.logProbability.map { .number(Double($0)) } ?? nil),
            JSONMember("bytes", .array(candidate.bytes.map { .integer(Int($0)) })),
        ]
    }
}
