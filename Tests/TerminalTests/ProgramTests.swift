import Testing

@testable import Terminal

@Suite struct ProgramTests {
    @Test func hyphensInLongFlagsBecomeUnderscores() {
        #expect(
            normalized(["--model-name", "a-b", "--run-name=x-y", "-p", "--", "--a-b"])
                == ["--model_name", "a-b", "--run_name=x-y", "-p", "--", "--a-b"])
    }

    @Test func textsThatLookLikeFlagsStayAsTheyAre() {
        let options: Set = ["-p", "--sample_delim"]
        #expect(
            normalized(
                ["--sample-delim", "--a-b", "--c-d", "-p", "--", "--e-f"], textOptions: options)
                == ["--sample_delim", "--a-b", "--c_d", "-p", "--", "--e_f"])
    }

    @Test func anAttachedValueThatMayBeLeftOutBecomesItsOwn() {
        let options: Set = ["--include_prefix"]
        #expect(
            normalized(
                ["--include-prefix=a-b=c", "--other=x", "--include_prefix"],
                optionalValues: options)
                == ["--include_prefix", "a-b=c", "--other=x", "--include_prefix"])
    }

    @Test func valuesOfNothingButHyphensStayAsTheyAre() {
        #expect(normalized(["--sample-delim", "-----"]) == ["--sample_delim", "-----"])
    }
}
