import Configuration
import HTTP
import Serving

/// `GET /metrics`: all there is to count and measure, for Prometheus and the page.
struct MetricsPage: Sendable {
    private let requests: RequestMetrics
    private let engine: Engine
    private let registry: ModelRegistry<ModelConfiguration>
    /// Of the program.
    private let version: String
    /// Files of the kernel's are read for it, and there may be a thousand models.
    private let queue = WorkerQueue("dixie.metrics", limit: 16)

    init(
        _ requests: RequestMetrics, _ engine: Engine, _ registry: ModelRegistry<ModelConfiguration>,
        version: String
    ) {
        self.requests = requests
        self.engine = engine
        self.registry = registry
        self.version = version
    }

    var route: Route {
        Route("GET", "/metrics", .scope(.infer)) { exchange in
            let headers: HTTPHeaders = [
                "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
                "Cache-Control": "no-store",
            ]
            try queue.run {
                // Who may use some models only hears of no others.
                let text = text { exchange.caller?.opens($0) ?? true }
                exchange.writer.send(
                    HTTPResponse(status: 200, headers: headers, body: Array(text.utf8)))
            }
        }
    }

    /// Says all there is.
    ///
    /// - Parameter isVisible: whether a model is shown.
    /// - Returns: the page.
    func text(_ isVisible: (String) -> Bool) -> String {
        var page = MetricsText()
        addRequests(to: &page, isVisible)
        addModels(to: &page, isVisible)
        addEngine(to: &page)
        addProcess(to: &page)
        return page.text
    }

    private func addRequests(to page: inout MetricsText, _ isVisible: (String) -> Bool) {
        let figures = requests.figures
        let models = figures.models.sorted.filter { isVisible($0.model) }
        let all = [("", figures.unassigned)] + models.map { ($0.model, $0.figures.requests) }
        page.begin(
            "dixie_requests_total", .counter,
            "Requests that have been answered, by dialect, model and status.")
        for (model, requests) in all {
            for (kind, count) in requests.counts.sorted(by: { "\($0.key)" < "\($1.key)" }) {
                page.add(count, Self.labels(kind.dialect, model) + [("status", "\(kind.status)")])
            }
        }
        page.begin(
            "dixie_request_duration_seconds", .histogram,
            "From a request's head to the end of its answer.")
        for (model, requests) in all {
            for (dialect, histogram) in requests.durations.sorted(by: { "\($0.key)" < "\($1.key)" })
            {
                page.add(histogram, Self.labels(dialect, model))
            }
        }
        page.begin(
            "dixie_time_to_first_token_seconds", .histogram,
            "From a request's head to the first token of its reply.")
        for (key, model) in models { page.add(model.untilFirstToken, [("model", key)]) }
        page.begin(
            "dixie_time_per_token_seconds", .histogram,
            "Mean time of a reply's tokens after its first.")
        for (key, model) in models { page.add(model.betweenTokens, [("model", key)]) }
        for (name, help, value) in Self.modelCounters {
            page.begin(name, .counter, help)
            for (key, model) in models { page.add(value(model), [("model", key)]) }
        }
    }

    private typealias ModelCounter = @Sendable (RequestMetrics.OfModel) -> Int

    private static let modelCounters: [(name: String, help: String, value: ModelCounter)] = [
        ("dixie_prompt_tokens_total", "Tokens of prompts.", { $0.promptTokens }),
        (
            "dixie_cached_prompt_tokens_total",
            "Tokens of prompts that had been computed for earlier ones.",
            { $0.cachedPromptTokens }
        ),
        ("dixie_completion_tokens_total", "Tokens of replies.", { $0.completionTokens }),
        (
            "dixie_cancelled_total", "Replies whose client went before their end.",
            { $0.cancelled }
        ),
    ]

    private static func labels(_ dialect: Dialect, _ model: String) -> [MetricsText.Label] {
        [("dialect", dialect.rawValue), ("model", model)]
    }

    private func addModels(to page: inout MetricsText, _ isVisible: (String) -> Bool) {
        let models = registry.figures.filter { isVisible($0.key) }
        page.begin("dixie_model_loaded", .gauge, "1 for a model in memory, 0 for one that is not.")
        for model in models {
            page.add(
                model.version == nil ? 0 : 1,
                [("model", model.key), ("version", model.version ?? "")])
        }
        page.begin("dixie_model_resident_bytes", .gauge, "Memory of a model's weights.")
        for model in models { page.add(model.byteCount, [("model", model.key)]) }
        let counters: [(String, String, (ModelTally) -> Int)] = [
            ("dixie_loads_total", "Loads of a model's weights, swaps among them.", { $0.loads }),
            ("dixie_failed_loads_total", "Loads that failed.", { $0.failedLoads }),
            ("dixie_swaps_total", "Exchanges of a model's weights for others.", { $0.swaps }),
            (
                "dixie_evictions_total",
                "Times that a model was taken out of memory: for another, or after its time.",
                { $0.evictions }
            ),
        ]
        for (name, help, value) in counters {
            page.begin(name, .counter, help)
            for model in models { page.add(value(model.tally), [("model", model.key)]) }
        }
        let queues = engine.queueCounts
        page.begin("dixie_queue_waiting", .gauge, "Requests that wait for their model.")
        for model in models {
            page.add(
                model.number.flatMap { queues[$0]?.waiting } ?? 0, [("model", model.key)])
        }
        page.begin("dixie_replies_running", .gauge, "Replies that are being made.")
        for model in models {
            page.add(
                model.number.flatMap { queues[$0]?.running } ?? 0, [("model", model.key)])
        }
    }

    private func addEngine(to page: inout MetricsText) {
        let passes = engine.passCounts
        page.begin("dixie_passes_total", .counter, "Passes through a model's weights.")
        page.add(passes.passes)
        page.begin(
            "dixie_pass_replies_total", .counter,
            "Replies that went through a pass, of each pass: by its passes, how many share one.")
        page.add(passes.sequences)
        page.begin("dixie_prefix_cache_bytes", .gauge, "Memory of what earlier prompts computed.")
        page.add(engine.prefixCacheBytes)
    }

    private func addProcess(to page: inout MetricsText) {
        page.begin("dixie_build_info", .gauge, "The version of the server.")
        page.add(1, [("version", version)])
        guard let process = ProcessFigures() else { return }
        page.begin("process_resident_memory_bytes", .gauge, "Memory of the process.")
        page.add(process.residentBytes)
        page.begin("process_cpu_seconds_total", .counter, "Time of cores that it has taken.")
        page.add(process.processorSeconds)
        page.begin("process_open_fds", .gauge, "Its open files and connections.")
        page.add(process.openFiles)
        page.begin("process_start_time_seconds", .gauge, "When it started, since 1970.")
        page.add(process.startTime)
    }
}
