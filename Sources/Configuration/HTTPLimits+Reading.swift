import HTTP

extension HTTPLimits {
    /// Reads `limits`; a test holds the table's defaults to those of `HTTPLimits` itself.
    init(_ reader: SectionReader) {
        self.init()
        readConnections(reader)
        readHead(reader)
        readBody(reader)
        readAnswer(reader)
    }

    private mutating func readConnections(_ reader: SectionReader) {
        connections = reader.integer("connections")
        connectionsPerAddress = reader.integer("address_connections")
        refusals = reader.integer("refusals")
        spareDescriptors = reader.integer("spare_files")
        backlog = reader.integer("backlog")
        keepAliveTime = reader.seconds("idle_seconds")
        requestsPerConnection = reader.integer("connection_requests")
        connectionTime = reader.seconds("connection_seconds")
        handshakeTime = reader.seconds("handshake_seconds")
        handshakes = reader.integer("handshakes")
    }

    private mutating func readHead(_ reader: SectionReader) {
        headTime = reader.seconds("header_seconds")
        requestLineBytes = reader.size("request_line_bytes")
        fieldBytes = reader.size("field_bytes")
        headBytes = reader.size("header_bytes")
        fieldCount = reader.integer("fields")
        pipelinedBytes = reader.size("pipelined_bytes")
    }

    private mutating func readBody(_ reader: SectionReader) {
        bodyBytes = reader.size("body_bytes")
        bodiesBytes = reader.size("bodies_bytes")
        bodyTime = reader.seconds("body_seconds")
        bodyIdleTime = reader.seconds("body_idle_seconds")
        bodyBytesPerSecond = reader.size("body_rate")
        bodyGraceTime = reader.seconds("body_grace_seconds")
        chunkExtensionBytes = reader.size("chunk_extension_bytes")
        trailerBytes = reader.size("trailer_bytes")
        trailerCount = reader.integer("trailer_fields")
        drainBytes = reader.size("leftover_bytes")
        drainTime = reader.seconds("leftover_seconds")
        if bodiesBytes < bodyBytes {
            reader.fault(
                "bodies_bytes", "is less than one body may have, which is body_bytes",
                remedy: "raise it, or lower body_bytes")
        }
    }

    private mutating func readAnswer(_ reader: SectionReader) {
        writeStallTime = reader.seconds("write_seconds")
        highWaterBytes = reader.size("write_high_bytes")
        lowWaterBytes = reader.size("write_low_bytes")
        overflowBytes = reader.size("write_most_bytes")
        lingerTime = reader.seconds("linger_seconds")
        halfClose = reader.choice("half_close")
        shutdownGrace = reader.seconds("drain_seconds")
        // What is made already when a stream is held up, and its end, must have room.
        if !(lowWaterBytes <= highWaterBytes && highWaterBytes <= overflowBytes / 2) {
            reader.fault(
                "write_high_bytes",
                "is not between write_low_bytes and half of write_most_bytes",
                remedy: "lower it, or raise write_most_bytes")
        }
    }
}
