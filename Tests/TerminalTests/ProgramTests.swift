import Testing

@testable import Terminal

@Suite struct ProgramTests {
    @Test func hyphensInLongFlagsBecomeUnderscores() {
        #expect(
            withUnderscores(["--model-name", "a-b", "--run-name=x-y", "-p", "--", "--a-b"])
                == ["--model_name", "a-b", "--run_name=x-y", "-p", "--", "--a-b"])
    }

    @Test func textsThatLookLikeFlagsStayAsTheyAre() {
        let options: Set = ["-p", "--sample_delim"]
        #expect(
            withUnderscores(
                ["--sample-delim", "--a-b", "--c-d", "-p", "--", "--e-f"], textOptions: options)
                == ["--sample_delim", "--a-b", "--c_d", "-p", "--", "--e_f"])
    }

    @Test func valuesOfNothingButHyphensStayAsTheyAre() {
        #expect(withUnderscores(["--sample-delim", "-----"]) == ["--sample_delim", "-----"])
    }
}
