import Cluster
import Testing
import Training

@Suite struct ClusterTests {
    @Test func withoutMpirunThereIsOneProcess() throws {
        let cluster = try Cluster(environment: [:])
        #expect(cluster.communicator is OneProcess)
        #expect(cluster.localSize == 1)
        #expect(cluster.threadCount >= 1)
        cluster.leave()
    }
}
