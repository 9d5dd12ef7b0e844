import Testing
import Training

@Suite struct LearningRateScheduleTests {
    @Test func aConstantRateWarmsUpFromItsFirstPart() {
        let schedule = LearningRateSchedule(rate: 1, warmup: 4)
        #expect([0, 1, 2, 3, 4, 100].map(schedule.rate) == [0.25, 0.5, 0.75, 1, 1, 1])
    }

    /// Worked out by hand from the original's formula with its defaults: 2e-5, never below 1e-5,
    /// warm-up and period of 100 steps.
    @Test func restartsAreTheOriginals() {
        let schedule = LearningRateSchedule(
            rate: 2e-5, warmup: 100, shape: .restarts(period: 100, least: 1e-5))
        #expect(schedule.rate(at: 0) == 1e-5)
        #expect(schedule.rate(at: 50) == 1e-5)
        #expect(abs(schedule.rate(at: 75) - 1.5e-5) < 1e-18)
        #expect(schedule.rate(at: 100) == 2e-5)
        #expect(abs(schedule.rate(at: 125) - 1.7071067811865476e-5) < 1e-18)
        #expect(schedule.rate(at: 199) == 1e-5)
        #expect(schedule.rate(at: 200) == 2e-5)
    }

    @Test func aCosineEndsAtItsFractionAndStaysThere() {
        let schedule = LearningRateSchedule(
            rate: 6e-4, warmup: 10, shape: .cosine(steps: 110, fraction: 0.1))
        #expect(abs(schedule.rate(at: 0) - 6e-5) < 1e-18)
        #expect(schedule.rate(at: 9) == 6e-4)
        #expect(abs(schedule.rate(at: 10) - 6e-4) < 1e-18)
        #expect(abs(schedule.rate(at: 60) - 3.3e-4) < 1e-18)
        #expect(abs(schedule.rate(at: 110) - 6e-5) < 1e-18)
        #expect(abs(schedule.rate(at: 5000) - 6e-5) < 1e-18)
    }
}
