#if MPI
    import Foundation

    /// How long to leave MPI alone between two questions.
    ///
    /// While the other threads compute, each question takes time from them, and there is no hurry.
    /// When they wait for the answer, the core is free for it at first; later it is likelier that
    /// another rank needs it, on this machine or because it is slower.
    struct Patience {
        private var questions = 0
        private var nextLook = ContinuousClock.now + Self.timeBetweenLooks

        private static let hastyQuestions = 2_000
        private static let pause: UInt32 = 100  // µs
        private static let timeBetweenLooks = Duration.milliseconds(100)

        mutating func pause(isAwaited: Bool) {
            questions += 1
            if isAwaited, questions < Self.hastyQuestions {
                sched_yield()
            } else {
                usleep(Self.pause)
            }
        }

        /// Whether it is time to see if everybody is still there. True once each time.
        var isTimeToLookAround: Bool {
            mutating get {
                let now = ContinuousClock.now
                guard now >= nextLook else { return false }
                nextLook = now + Self.timeBetweenLooks
                return true
            }
        }
    }
#endif
