import Synchronization

/// Counts connections, in all and by address, and says for whom there is room.
final class ConnectionRegistry: Sendable {
    enum Admission: Equatable {
        case serve
        /// There is no room, but enough to say so.
        case turnAway
        case drop
    }

    private struct State {
        var capacity: Int
        var served = 0
        var turnedAway = 0
        var byAddress: [String: Int] = [:]
        var lastID = 0
        var whenEmpty: [@Sendable () -> Void] = []

        var isEmpty: Bool { served == 0 && turnedAway == 0 }
    }

    private let limits: HTTPLimits
    private let state: Mutex<State>

    init(limits: HTTPLimits) {
        self.limits = limits
        state = Mutex(State(capacity: limits.connections))
    }

    /// Lowers the limit to what the system allows.
    func setCapacity(_ capacity: Int) {
        state.withLock { $0.capacity = capacity }
    }

    /// - Returns: What to do with a new connection, and its number. Unless it is dropped, `leave`
    ///   must be called when it is closed.
    func admit(_ address: String) -> (Admission, id: Int) {
        let network = ClientNetwork.name(of: address)
        return state.withLock {
            $0.lastID += 1
            let sameAddress = $0.byAddress[network, default: 0]
            if $0.served < $0.capacity,
                Self.isLocal(address) || sameAddress < limits.connectionsPerAddress
            {
                $0.served += 1
                $0.byAddress[network] = sameAddress + 1
                return (.serve, $0.lastID)
            }
            guard $0.turnedAway < limits.refusals else { return (.drop, $0.lastID) }
            $0.turnedAway += 1
            return (.turnAway, $0.lastID)
        }
    }

    func leave(_ address: String, as admission: Admission) {
        let network = ClientNetwork.name(of: address)
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            if admission == .serve {
                state.served -= 1
                let left = state.byAddress[network, default: 1] - 1
                state.byAddress[network] = left > 0 ? left : nil
            } else {
                state.turnedAway -= 1
            }
            guard state.isEmpty else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for action in actions { action() }
    }

    /// Calls `action` once no connection is left: at once if there is none.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        let isEmpty = state.withLock {
            if !$0.isEmpty { $0.whenEmpty.append(action) }
            return $0.isEmpty
        }
        if isEmpty { action() }
    }

    /// A proxy on this machine speaks for many clients.
    private static func isLocal(_ address: String) -> Bool {
        address == "::1" || address.utf8.starts(with: "127.".utf8)
    }
}
