import Foundation
import TestSupport
import Testing

/// The line that a page begins with does what it says, typed as it stands there, to a server with the
/// models of `server_config.json.sample`.
struct FirstLinesTests {
    /// The entries of the sample's models, wherever the tests run.
    private func sampleModels() throws -> String {
        let sample = try String(
            contentsOf: projectFolder.appendingPathComponent("server_config.json.sample"),
            encoding: .utf8
        ).replacing("\"Examples/", with: "\"\(projectFolder.path)/Examples/")
        let start = try #require(sample.range(of: "\"models\": ["))
        let end = try #require(sample.range(of: "]", options: .backwards))
        return String(sample[start.upperBound..<end.lowerBound])
    }

    /// The first block of a page that stands between fences.
    private func firstBlock(_ name: String) throws -> String {
        let page = try String(
            contentsOf: projectFolder.appendingPathComponent("docs/\(name)"), encoding: .utf8)
        let block = try #require(page.firstMatch(of: /\n```[a-z]*\n((?s:.*?))\n```\n/))
        return String(block.output.1)
    }

    @Test(arguments: [
        ("INVOCATIONS.md", "^[^{].*"), ("OPENAI.md", #""object":"chat.completion""#),
        ("OLLAMA.md", #""done":true"#), ("SAGEMAKER.md", "^[^{].*"),
        ("ORIGINAL.md", #""model_key":"chatbot""#), ("ENDPOINTS.md", #""status":"ok""#),
        ("METRICS.md", #"(?m)^dixie_model_loaded\{"#),
    ])
    func aPagesLineIsAnswered(name: String, answer: String) throws {
        let server = try RunningServer(models: [try sampleModels()])
        let line = try firstBlock(name).replacing("http://localhost:12345", with: server.url)
        #expect(line.contains(server.url))
        // Where curl looks for what one always wants: an answer that is an error ends it.
        try server.folder.write("fail-with-body\nsilent\nshow-error\n", to: ".curlrc")
        let result = try Command(
            URL(fileURLWithPath: "/bin/bash"), ["-c", line],
            environment: ["CURL_HOME": server.folder.path("")]
        ).run()
        #expect(result.status == 0, "\(result.errors) \(result.output)")
        #expect(try result.output.contains(Regex(answer)), "\(result.output)")
    }

    @Test func thePageOnAlexaBeginsWithWhatItNeeds() throws {
        let fields = try firstBlock("ALEXA.md")
        let server = try RunningServer(models: [try sampleModels()], settings: fields + ", ")
        let answer = try server.post("/alexa", "{}")
        #expect(answer.status == 400, "\(answer.text)")
    }
}
