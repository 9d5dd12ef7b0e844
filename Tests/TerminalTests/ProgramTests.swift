import Testing

@testable import Terminal

@Suite struct ProgramTests {
    @Test func hyphensInLongFlagsBecomeUnderscores() {
        #expect(
            withUnderscores(["--model-name", "a-b", "--run-name=x-y", "-p", "--", "--a-b"])
                == ["--model_name", "a-b", "--run_name=x-y", "-p", "--", "--a-b"])
    }

    @Test func valuesOfNothingButHyphensStayAsTheyAre() {
        #expect(withUnderscores(["--sample-delim", "-----"]) == ["--sample_delim", "-----"])
    }
}
