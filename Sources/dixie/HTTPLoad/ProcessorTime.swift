import Foundation

/// How long processors have worked for a process.
enum ProcessorTime {
    /// Of all its threads, in its own code and in the system's for it.
    static var ofThisProcess: Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_utime.duration + usage.ru_stime.duration
    }
}

extension timeval {
    fileprivate var duration: Duration { .seconds(tv_sec) + .microseconds(Int(tv_usec)) }
}
