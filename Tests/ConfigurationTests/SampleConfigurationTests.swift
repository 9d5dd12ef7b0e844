import Configuration
import Foundation
import TestSupport
import Testing

/// `server_config.json.sample` is what a new owner starts from.
@Suite struct SampleConfigurationTests {
    @Test func theSampleIsReadWithoutFaultOrNotice() throws {
        let configuration = try ServerConfiguration(
            path: projectFolder.appendingPathComponent("server_config.json.sample").path,
            surroundings: ServerConfiguration.Surroundings(environment: [:]))
        #expect(configuration.notices.isEmpty, "the sample sets what this version does not act on")
        #expect(configuration.models.map(\.key) == ["general", "chatbot"])
        #expect(ServerConfiguration.isLoopback(configuration.host))
    }
}
