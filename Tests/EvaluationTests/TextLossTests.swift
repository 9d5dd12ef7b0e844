import GPT2
import JSON
import Testing
import Tokenizer

@testable import Evaluation

/// Loss as PyTorch measures it.
@Suite struct TextLossTests {
    @Test func lossOfEveryStrideEqualsPyTorchs() throws {
        let reference = try EvaluatedModel()
        let bytes = try EvaluatedModel.bytes("text.txt")
        let tokens = reference.tokenizer.encode(bytes)
        let expected = try EvaluatedModel.list("losses.json")
        #expect(expected.count == 3)
        for result in expected {
            let meter = try TextLossMeter(
                reference.model, stride: result["stride"]?.integer,
                byteCount: { try reference.tokenizer.bytes(of: $0).count }, on: reference.pool)
            var loss = TextLoss()
            var steps: [Int] = []
            try meter.add(tokens, to: &loss) { steps.append($0) }
            let nats = try #require(result["nats"]?.number)
            #expect(loss.tokenCount == result["tokens"]?.integer)
            #expect(abs(loss.nats - nats) <= 1e-4 * nats)
            #expect(steps.last == tokens.count - 1 && steps == steps.sorted())
            // The first token is the only one that is not foreseen.
            let first = try reference.tokenizer.bytes(of: tokens[0]).count
            #expect(loss.byteCount == bytes.count - first)
        }
    }

    @Test func meansPerplexityAndBitsFollowFromTheSum() throws {
        var loss = TextLoss()
        loss.nats = 12
        loss.tokenCount = 4
        loss.byteCount = 24
        #expect(loss.mean == 3)
        let perplexity = try #require(loss.perplexity)
        #expect(abs(perplexity - 20.085_536_923) < 1e-6)
        let bits = try #require(loss.bitsPerByte)
        #expect(abs(bits - 0.721_347_52) < 1e-6)
    }

    @Test(arguments: [[], [1]] as [[Int32]])
    func lessThanTwoTokensAreNoLoss(tokens: [Int32]) throws {
        let reference = try EvaluatedModel()
        let meter = try TextLossMeter(reference.model, byteCount: { _ in 1 }, on: reference.pool)
        var loss = TextLoss()
        try meter.add(tokens, to: &loss)
        #expect(loss == TextLoss() && loss.mean == nil && loss.bitsPerByte == nil)
    }
}
