import Foundation

/// Which addresses are fetched from, and which redirects are followed.
enum RedirectPolicy {
    static let mostRedirects = 10

    /// An address as the user gave it: `https`, or `http` when that is what they wrote.
    static func check(_ url: URL) throws(FetchError) {
        guard let scheme = url.scheme?.lowercased(), ["https", "http"].contains(scheme),
            url.host?.isEmpty == false
        else { throw .badAddress(url.absoluteString) }
    }

    /// Where the redirect `head` of `url` leads: to `https` anywhere, or to `http` when both ends
    /// are this machine. A source may not lead us off an encrypted line, nor into the local
    /// network over a plain one.
    static func target(of head: ResponseHead, from url: URL) throws(FetchError) -> URL {
        guard let location = head["location"],
            let target = URL(string: location, relativeTo: url)?.absoluteURL
        else { throw .unexpectedStatus(url, status: head.status) }
        try check(target)
        let isSafe =
            target.scheme?.lowercased() == "https"
            || url.scheme?.lowercased() == "http" && isThisMachine(url) && isThisMachine(target)
        guard isSafe else { throw .unsafeRedirect(from: url, to: target.absoluteString) }
        return target
    }

    private static func isThisMachine(_ url: URL) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(url.host?.lowercased() ?? "")
    }
}
