import Testing
import Tokenizer

@testable import Datasets

@Suite struct TokenMaskTests {
    @Test func tokenIsLearnedIfAnyOfItsBytesIs() throws {
        let tokenizer = try TrainingData.small.get()
        let text = "1|mom|Where is the king, my lord? <EOM>\n0|mom|  ...The king is here. <EOM>\n"
        let ids = tokenizer.encode(text)
        let ranges = ChatLog(text).said(by: 0)
        let mask = try TokenMask.mask(of: ids, learning: ranges, tokenizer: tokenizer)
        var place = 0
        for (id, isLearned) in zip(ids, mask) {
            let end = place + (try tokenizer.bytes(of: id).count)
            #expect(isLearned == ranges.contains { $0.overlaps(place..<end) })
            place = end
        }
        #expect(place == text.utf8.count)
        #expect(mask.contains(true) && mask.contains(false))
    }

    @Test func tokenAcrossTheBorderIsLearned() throws {
        let tokenizer = try TrainingData.small.get()
        let ids = tokenizer.encode("the the")
        #expect(ids.count == 2)
        let mask = try TokenMask.mask(of: ids, learning: [2..<3], tokenizer: tokenizer)
        #expect(mask == [true, false])
        let both = try TokenMask.mask(of: ids, learning: [2..<4], tokenizer: tokenizer)
        #expect(both == [true, true])
        #expect(try TokenMask.mask(of: ids, learning: [], tokenizer: tokenizer) == [false, false])
    }
}
