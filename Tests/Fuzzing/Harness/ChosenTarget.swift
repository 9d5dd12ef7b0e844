import Glibc

/// The one target of this process.
let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        end(because: "FUZZ_TARGET has to be one of \(FuzzTarget.all.map(\.name))")
    }
    return target
}()

/// Says why, and aborts, so that libFuzzer keeps the input.
func end(because reason: String) -> Never {
    let line = Array("\(reason)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    abort()
}
