import HTTP

extension HTTPLimits {
    /// The limits of a configuration; those it has no field for are as they come.
    init(_ limits: ServerConfiguration.Limits) {
        self.init()
        connections = limits.connections
        headBytes = limits.headerBytes
        bodyBytes = limits.bodyBytes
        headTime = limits.headerTime
        bodyTime = limits.bodyTime
        keepAliveTime = limits.idleTime
        writeStallTime = limits.writeTime
        shutdownGrace = limits.drainTime
    }
}
