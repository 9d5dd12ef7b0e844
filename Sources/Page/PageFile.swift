/// A file of the page on which people chat, as it lies in the program itself.
public struct PageFile: Sendable {
    /// As the page calls it: `main.js`.
    public let name: String
    /// As HTTP names it.
    public let contentType: String
    public let bytes: [UInt8]

    private init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
    }

    /// The page itself.
    public static let index = PageFile(
        "index.html", "text/html; charset=utf-8", PackageResources.index_html)

    /// What the page asks for, below `page/`.
    public static let parts: [PageFile] =
        [PageFile("icon.svg", "image/svg+xml", PackageResources.icon_svg)] + styles + scripts

    private static let styles = [
        ("base", PackageResources.base_css), ("frame", PackageResources.frame_css),
        ("chat", PackageResources.chat_css), ("server", PackageResources.server_css),
        ("chart", PackageResources.chart_css),
    ].map { PageFile("\($0).css", "text/css; charset=utf-8", $1) }

    private static let scripts = [
        ("api", PackageResources.api_js), ("chart", PackageResources.chart_js),
        ("chat", PackageResources.chat_js), ("elements", PackageResources.elements_js),
        ("events", PackageResources.events_js), ("keybar", PackageResources.keybar_js),
        ("keys", PackageResources.keys_js), ("live", PackageResources.live_js),
        ("main", PackageResources.main_js), ("metrics", PackageResources.metrics_js),
        ("modelcard", PackageResources.modelcard_js), ("models", PackageResources.models_js),
        ("poller", PackageResources.poller_js), ("rates", PackageResources.rates_js),
        ("runs", PackageResources.runs_js), ("server", PackageResources.server_js),
        ("settings", PackageResources.settings_js), ("speaker", PackageResources.speaker_js),
        ("tabs", PackageResources.tabs_js), ("transcript", PackageResources.transcript_js),
        ("trouble", PackageResources.trouble_js), ("units", PackageResources.units_js),
    ].map { PageFile("\($0).js", "text/javascript; charset=utf-8", $1) }
}
