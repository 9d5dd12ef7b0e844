import Testing

@testable import Training

struct TrainingWindowTests {
    @Test func ignoredIsNoToken() {
        #expect(TrainingWindow.ignored < 0)
    }
}
