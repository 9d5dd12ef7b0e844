import Foundation
import JSON

/// All that was found out about a model, for a person and for a program.
public struct EvaluationReport: Sendable {
    public var loss: TextLoss?
    public var distance: FormatDistance?
    public var replies: ReplyQuality?
    public var memorisation: Memorisation?
    public var multipleChoice: MultipleChoiceScore?

    public init() {}

    /// One JSON object on one line; what was not measured is not in it.
    public var json: String {
        var members: [JSONMember] = []
        if let loss, let mean = loss.mean, let perplexity = loss.perplexity {
            members += [
                JSONMember("loss", .number(mean)), JSONMember("perplexity", .number(perplexity)),
                JSONMember(
                    "bits_per_byte", loss.bitsPerByte.map { .number($0) } ?? JSONValue(.null)),
                JSONMember("tokens", .integer(loss.tokenCount)),
                JSONMember("bytes", .integer(loss.byteCount)),
            ]
        }
        if let distance, let mean = distance.mean, let agreement = distance.agreement {
            members += [
                JSONMember("kl_to_f32", .number(mean)),
                JSONMember("top1_agreement", .number(agreement)),
            ]
        }
        if let replies {
            var object: [JSONMember] = [
                JSONMember("count", .integer(replies.replyCount)),
                JSONMember("ended", .number(replies.endedShare)),
                JSONMember("mean_tokens", .number(replies.meanLength)),
                JSONMember("repeated_4grams", .number(replies.repeatedShare)),
            ]
            for (index, share) in replies.distinct.enumerated() {
                object.append(JSONMember("distinct_\(index + 1)", .number(share)))
            }
            if let memorisation {
                object += [
                    JSONMember("verbatim", .number(memorisation.verbatimShare)),
                    JSONMember("longest_run", .integer(memorisation.longestRun)),
                    JSONMember("mean_longest_run", .number(memorisation.meanLongestRun)),
                ]
            }
            members.append(JSONMember("replies", .object(object)))
        }
        if let multipleChoice {
            members.append(
                JSONMember(
                    "multiple_choice",
                    [
                        "count": .integer(multipleChoice.questionCount),
                        "acc": .number(multipleChoice.accuracy),
                        "acc_norm": .number(multipleChoice.normalizedAccuracy),
                        "truncated": .integer(multipleChoice.truncatedCount),
                    ]))
        }
        return JSONValue.object(members).serialized
    }

    /// The same in a few lines, without the last one's end.
    public var text: String {
        var lines: [String] = []
        if let loss, let mean = loss.mean, let perplexity = loss.perplexity {
            let bits = loss.bitsPerByte.map { String(format: ", %.4f bits a byte", $0) } ?? ""
            lines.append(
                String(format: "loss %.4f nats a token, perplexity %.2f", mean, perplexity) + bits
                    + " (\(loss.tokenCount) tokens, \(loss.byteCount) bytes)")
        }
        if let distance, let mean = distance.mean, let agreement = distance.agreement {
            lines.append(
                String(format: "against f32: a divergence of %.6f nats, ", mean)
                    + "the same likeliest token \(percent(agreement)) of the time")
        }
        if let replies {
            lines.append(
                "replies: \(replies.replyCount), "
                    + "\(percent(replies.endedShare)) ended by themselves, "
                    + String(format: "%.1f tokens on average", replies.meanLength))
            lines.append(
                "repetition: \(percent(replies.repeatedShare)) of 4-token runs repeat within their "
                    + "reply; distinct-1/2/3 "
                    + replies.distinct.map { String(format: "%.3f", $0) }.joined(separator: "/"))
        }
        if let memorisation {
            lines.append(
                "memorised: \(percent(memorisation.verbatimShare)) of replies are a training line "
                    + "word for word; longest common run \(memorisation.longestRun) tokens, "
                    + String(format: "%.1f on average", memorisation.meanLongestRun))
        }
        if let multipleChoice {
            let cut = multipleChoice.truncatedCount
            lines.append(
                "multiple choice: acc \(percent(multipleChoice.accuracy)), "
                    + "acc_norm \(percent(multipleChoice.normalizedAccuracy)) "
                    + "(\(multipleChoice.questionCount) questions"
                    + (cut > 0 ? ", \(cut) cut to fit the window)" : ")"))
        }
        return lines.joined(separator: "\n")
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
