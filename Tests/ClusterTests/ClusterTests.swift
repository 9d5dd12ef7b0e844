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

    #if !MPI
        @Test func aBuildWithoutMPISaysHowToMakeOneWithIt() throws {
            let error = try #require(throws: CommunicationError.self) {
                _ = try Cluster(environment: [
                    "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0",
                ])
            }
            #expect("\(error)".contains("--traits MPI"))
            #expect(try Cluster(environment: ["OMPI_COMM_WORLD_SIZE": "1"]).localSize == 1)
        }
    #endif
}
