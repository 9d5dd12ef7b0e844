import Chat
import Configuration
import GPT2
import Serving
import TestSupport
import Testing

@testable import API

/// What a request becomes for the engine.
struct ReplyPlanTests {
    @Test func aCompatibleModelNeverStopsEarlyAndKeepsTheOriginalsPenalty() throws {
        for (compat, stops) in [("dixie", []), ("off", ["<EOM>"])] {
            let folder = try TemporaryFolder()
            let fields = #", "sanitizer": null, "names": ["mom"], "compat": "\#(compat)""#
            let path = try folder.write(
                #"{"models": [\#(LiveServer.model("red", fixture: "red", fields))]}"#, to: "c.json")
            let registry = ModelRegistry(try ServerConfiguration.checked(path).specifications())
            let served = try registry.acquireAndWait("red")
            let request = ReplyRequest(modelKey: "red", prompts: [.text("Hello")], arrival: .now)
            let plan = try ReplyPlan(request.prompts[0], request, served) { _ in .init() }
            #expect(plan.generation.stops == stops)
            #expect((plan.generation.sampling.penaltyRule == .original) == (compat == "dixie"))
            #expect(plan.sanitizer.rules == .chatbotLegacy)
            #expect(plan.generation.maximumTokens == 120)
        }
    }

    /// What a request says of `compat` holds whole, whatever the model's own is.
    @Test(arguments: [("off", true), ("dixie", false)])
    func aRequestTurnsTheOriginalsWaysOnAndOff(model: String, request isCompatible: Bool) throws {
        let folder = try TemporaryFolder()
        let fields = #", "sanitizer": "chatbot", "names": ["mom"], "compat": "\#(model)""#
        let path = try folder.write(
            #"{"models": [\#(LiveServer.model("red", fixture: "red", fields))]}"#, to: "c.json")
        let registry = ModelRegistry(try ServerConfiguration.checked(path).specifications())
        let served = try registry.acquireAndWait("red")
        var request = ReplyRequest(modelKey: "red", prompts: [.text("Hello")], arrival: .now)
        request.options.isCompatible = isCompatible
        let plan = try ReplyPlan(request.prompts[0], request, served) { _ in .init() }
        #expect(plan.generation.stops == (isCompatible ? [] : ["<EOM>"]))
        #expect((plan.generation.sampling.penaltyRule == .original) == isCompatible)
        #expect(plan.sanitizer.rules == .chatbotLegacy)
        #expect(plan.sanitizer.names == ["mom"])
    }
}
