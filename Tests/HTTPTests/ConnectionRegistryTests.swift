import Synchronization
import Testing

@testable import HTTP

struct ConnectionRegistryTests {
    private func make() -> ConnectionRegistry {
        var limits = HTTPLimits()
        limits.connections = 4
        limits.connectionsPerAddress = 2
        limits.refusals = 1
        return ConnectionRegistry(limits: limits)
    }

    @Test func oneAddressCannotTakeAllTheRoom() {
        let registry = make()
        #expect(registry.admit("192.0.2.1").0 == .serve)
        #expect(registry.admit("192.0.2.1").0 == .serve)
        #expect(registry.admit("192.0.2.1").0 == .turnAway)
        #expect(registry.admit("192.0.2.1").0 == .drop)
        #expect(registry.admit("192.0.2.2").0 == .serve)
        registry.leave("192.0.2.1", as: .serve)
        #expect(registry.admit("192.0.2.1").0 == .serve)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"), ("", ""),
    ])
    func anIPv6ClientIsItsNetwork(address: String, network: String) {
        #expect(ClientNetwork.name(of: address) == network)
    }

    @Test func aNetworkIsCountedAsOneAddress() {
        let registry = make()
        for last in 1...2 { #expect(registry.admit("2001:db8::\(last)").0 == .serve) }
        #expect(registry.admit("2001:db8::3").0 == .turnAway)
        registry.leave("2001:db8::1", as: .serve)
        #expect(registry.admit("2001:db8::3").0 == .serve)
    }

    @Test func thisMachineMaySpeakForMany() {
        let registry = make()
        for address in ["127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"] {
            #expect(registry.admit(address).0 == .serve)
        }
        #expect(registry.admit("127.0.0.1").0 == .turnAway)
    }

    @Test func emptinessIsToldWhenTheLastOneLeaves() {
        let registry = make()
        let isEmpty = Mutex(0)
        registry.whenEmpty { isEmpty.withLock { $0 += 1 } }
        #expect(isEmpty.withLock { $0 } == 1)
        _ = registry.admit("a")
        registry.whenEmpty { isEmpty.withLock { $0 += 1 } }
        #expect(isEmpty.withLock { $0 } == 1)
        registry.leave("a", as: .serve)
        #expect(isEmpty.withLock { $0 } == 2)
    }
}
