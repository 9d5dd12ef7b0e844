import Foundation
import Training

/// The processes of the other ranks on this machine. MPI itself notices nothing when one of them,
/// whose memory it shares, is killed.
struct Neighbours: Sendable {
    private let processes: [(rank: Int, process: pid_t)]
    /// How many ranks may use the cores that this one may use, this one included.
    let countOnSameCores: Int

    /// Tells the other ranks where this one is, and learns where they are. All ranks make one
    /// together.
    ///
    /// - Throws: `CommunicationError.lost`.
    init(of communicator: any Communicator) throws {
        let own = [Self.machine, Double(getpid()), Self.cores]
        var places = [Double](repeating: 0, count: own.count * communicator.size)
        let start = own.count * communicator.rank
        places.replaceSubrange(start..<start + own.count, with: own)
        places = try communicator.sum(places)
        let local = stride(from: 0, to: places.count, by: own.count).filter {
            places[$0] == own[0]
        }
        countOnSameCores = local.count { places[$0 + 2] == own[2] }
        processes = local.filter { $0 != start }
            .map { ($0 / own.count, pid_t(places[$0 + 1])) }
    }

    /// How many ranks there are on this machine, this one included.
    var count: Int { processes.count + 1 }

    /// A rank on this machine whose process is no longer there; nil where all are.
    var lost: Int? {
        processes.first { kill($0.process, 0) != 0 && errno == ESRCH }?.rank
    }

    /// Where process ids are the same ones: the kernel that was started, and the namespace in it.
    private static var machine: Double {
        let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let namespace = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/ns/pid")
        return number((boot ?? ProcessInfo.processInfo.hostName) + (namespace ?? ""))
    }

    /// The cores that this process may use.
    private static var cores: Double {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return number(
            status?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? "")
    }

    /// A number for a text, as many bits of it as a double holds.
    private static func number(_ text: some StringProtocol) -> Double {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return Double(hash >> 12)
    }
}
