/// How many elements a dataset has, and in which shape.
enum HDF5Dataspace: Equatable {
    case shape([Int])
    /// A dataset without any elements or shape.
    case null

    /// HDF5's own limit.
    static let rankLimit = 32

    init(_ message: ByteCursor) throws {
        var message = message
        let version = try message.expectVersion(1...2, of: "HDF5 dataspaces")
        let rank = Int(try message.byte())
        try message.skip(1)
        if version == 1 {
            try message.skip(5)
        } else {
            switch try message.byte() {
            case 0, 1: break
            case 2:
                self = .null
                return
            default: throw message.fault("its dataspace is of an unknown kind")
            }
        }
        guard rank <= Self.rankLimit else {
            throw message.fault("it has more than \(Self.rankLimit) dimensions")
        }
        self = .shape(try (0..<rank).map { _ in try message.length() })
    }
}
