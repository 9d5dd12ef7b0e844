import Testing

@testable import GPT2

@Suite struct ParameterNamesTests {
    static let table = Result {
        ParameterTable(
            try Hyperparameters(
                vocabularySize: 10, contextLength: 8, embeddingWidth: 24, headCount: 12,
                layerCount: 12))
    }

    /// How the original writes a parameter that is called `name` here.
    func tensorFlowName(_ name: String) -> String {
        if name == "wte.weight" { return "model/wte" }
        if name == "wpe.weight" { return "model/wpe" }
        let isNorm = name.contains("ln_")
        return "model/"
            + name.replacing("h.", with: "h", maxReplacements: name.hasPrefix("h.") ? 1 : 0)
            .replacing(".weight", with: isNorm ? "/g" : "/w").replacing(".bias", with: "/b")
            .replacing(".", with: "/")
    }

    @Test func everyParameterIsFoundUnderEachSpellingOfItsName() throws {
        let parameters = try Self.table.get().entries.map(\.parameter)
        #expect(parameters.count == 2 + 12 * 12 + 2)
        #expect(Set(parameters.map(\.name)).count == parameters.count)
        for parameter in parameters {
            let name = parameter.name
            let other = tensorFlowName(name)
            for spelling in [name, "transformer." + name, other, other + ":0"] {
                #expect(Parameter(checkpointName: spelling) == parameter, "\(spelling)")
                #expect(!Parameter.isIgnored(checkpointName: spelling), "\(spelling)")
            }
        }
        #expect(tensorFlowName("h.11.attn.c_attn.weight") == "model/h11/attn/c_attn/w")
        #expect(tensorFlowName("h.0.ln_1.bias") == "model/h0/ln_1/b")
        #expect(tensorFlowName("ln_f.weight") == "model/ln_f/g")
    }

    @Test(arguments: [
        "", "wte", "wte.bias", "weight", "lm_head.weight", "h.01.ln_1.weight", "h.-1.ln_1.weight",
        "h.+1.ln_1.weight", "h..ln_1.weight", "h.1", "h.1.ln_3.weight", "h.0.ln_1.weight ",
        "h.99999999999999999999.ln_1.weight", "transformer.transformer.wte.weight",
        "transformer.model/wte", "wte.weight:0", "model/", "model/wte/w", "model/wte:1",
        "model/h01/ln_1/g", "model/h-1/ln_1/g", "model/h/ln_1/g", "model/h0/ln_1/w",
        "model/h0/attn/c_attn/g", "model/h0/attn.c_attn/w", "model/h0/attn/c_attn",
        "model/h0//ln_1/g", "model/ln_f/w", "model/ln_f", "model/ln_f/x/b", "model/x0/ln_1/g",
        "model/h0/attn/c_attn/w/Adam", "Model/wte",
    ])
    func anyOtherNameIsNoParameter(name: String) {
        #expect(Parameter(checkpointName: name) == nil)
    }

    @Test(arguments: [
        "h.0.attn.bias", "transformer.h.11.attn.bias", "h.0.attn.masked_bias", "global_step",
        "global_step:0", "model/wte/Adam", "model/h0/attn/c_attn/w/Adam_1:0", "beta1_power",
        "beta2_power:0", "_CHECKPOINTABLE_OBJECT_GRAPH",
    ])
    func whatStandsBesideTheWeightsIsIgnored(name: String) {
        #expect(Parameter.isIgnored(checkpointName: name))
        #expect(Parameter(checkpointName: name) == nil)
    }

    @Test(arguments: [
        "", "h.0.attn.c_attn.scale", "score.weight", "h.0.crossattention.c_attn.weight",
        "model/h0/extra/w", "model/learning_rate", "adapter/w",
    ])
    func nothingElseIsIgnored(name: String) {
        #expect(!Parameter.isIgnored(checkpointName: name))
    }
}
