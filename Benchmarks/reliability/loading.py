#!/usr/bin/env python3
"""Streams from one model while another is loaded and unloaded, and looks at the time per token.

    python3 Benchmarks/reliability/loading.py .build-release/release/server FOLDER_A FOLDER_B

Two checkpoints of the size to be judged, such as 124M (Benchmarks/make_checkpoint.py makes some).
Model `a` answers one stream after another; model `b` is swapped between the two folders, in every
second of `--windows` windows. All of it once with nothing prepared, so that each load reads and
packs a whole checkpoint, and once with prepared weights. Bars: the median time between two tokens
with loads differs by less than 20 % from that without, and /health is answered in under 50 ms (p99)
and 200 ms (all) during loads. Prints one JSON object, exits with 1 where a bar fails. Linux only.
Needs a machine that does nothing else.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import tempfile
import threading
import time

from figures import percentile, report
from health_probe import Cores, HealthProbe
from running_server import RunningServer


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("folders", nargs=2, help="two checkpoints of one size")
    parser.add_argument("--windows", type=int, default=5, help="with loads; as many without")
    parser.add_argument("--seconds", type=float, default=20, help="of each window, at least")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between two loads")
    parser.add_argument("--tokens", type=int, default=200, help="of each streamed reply")
    parser.add_argument("--weights", default="int8")
    return parser.parse_args()


class Stream(threading.Thread):
    """Reads one streamed reply after another; `moments` has a list of the tokens' times for each."""

    def __init__(self, address, tokens):
        super().__init__(daemon=True)
        self.address = address
        self.body = json.dumps({
            "model_key": "a", "raw_text": "Somebody else was being woken up", "length": tokens,
            "temperature": 0, "format": "json", "stream": True})
        self.moments = []
        self.failures = []
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            try:
                self.read_one()
            except (OSError, ValueError, http.client.HTTPException) as error:
                self.failures.append(f"{type(error).__name__}: {error}")

    def read_one(self):
        connection = http.client.HTTPConnection(*self.address, timeout=120)
        try:
            connection.request("POST", "/invocations", self.body,
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            moments = []
            self.moments.append(moments)
            for line in response:
                if line.startswith(b'data: {"text":"') and b"finish_reason" not in line:
                    moments.append(time.monotonic())
                elif line.startswith(b'data: {"error"'):
                    raise ValueError(line.decode())
            if line != b"\n" or not moments:
                raise ValueError("a stream without its end")
        finally:
            connection.close()

    def gaps(self, began, ended):
        """Seconds between neighbouring tokens of a reply that both lie in a window."""
        return [after - before for reply in list(self.moments)
                for before, after in zip(reply, reply[1:]) if began <= before and after <= ended]


def swap(server, folder):
    began = time.monotonic()
    status, content = server.post("/admin/models/b/swap", {"restore_from": folder})
    if status != 200:
        raise ValueError(f"a swap was answered with {status}: {content.decode()}")
    return time.monotonic() - began


def measure(arguments, is_prepared):
    with tempfile.TemporaryDirectory() as folder:
        model = {"model_name": arguments.folders[0], "sanitizer": "none",
                 "weights": arguments.weights}
        configuration = {
            "models": [{"key": "a", **model}, {"key": "b", **model}], "prefix_cache": 0,
            "model_roots": arguments.folders, "cache_dir": "cache" if is_prepared else ""}
        with RunningServer(arguments.server, folder, configuration) as server:
            if is_prepared:
                prepare(server, arguments.folders)
            stream = Stream(server.address, arguments.tokens)
            stream.start()
            time.sleep(2)
            cores = Cores(server.process.pid)
            with HealthProbe(server.address) as probe:
                windows, loads = run_windows(server, stream, arguments)
            busy = cores.figures()
            stream.stopping.set()
            stream.join(120)
    return figures(stream, probe, windows, loads) | {"cores_busy": busy}


def prepare(server, folders):
    """Loads each checkpoint until what is prepared of it is there: a load is then a hundredth."""
    slowest = max(swap(server, folder) for folder in reversed(folders))
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        time.sleep(1)
        if max(swap(server, folder) for folder in reversed(folders)) < slowest / 5:
            return


def run_windows(server, stream, arguments):
    windows, loads, number = {False: [], True: []}, [], 0
    for _ in range(arguments.windows):
        began = time.monotonic()
        time.sleep(arguments.seconds)
        windows[False].append((began, time.monotonic()))
        began = time.monotonic()
        while time.monotonic() < began + arguments.seconds:
            number += 1
            loads.append(swap(server, arguments.folders[number % 2]))
            time.sleep(arguments.pause)
        windows[True].append((began, time.monotonic()))
    return windows, loads


def figures(stream, probe, windows, loads):
    medians = {loading: [statistics.median(stream.gaps(*window)) for window in windows[loading]]
               for loading in windows}
    tokens = {loading: [gap for window in windows[loading] for gap in stream.gaps(*window)]
              for loading in windows}
    quiet, busy = (statistics.median(medians[loading]) for loading in (False, True))
    health, quiet_health = (probe.figures([
        answer for answer in probe.answers
        if any(began <= answer[0] <= ended for began, ended in windows[loading])])
        for loading in (True, False))
    return {
        "loads": len(loads), "load_seconds": statistics.median(loads),
        "longest_load_seconds": max(loads), "seconds_per_token_without": medians[False],
        "seconds_per_token_with": medians[True], "slower_by": busy / quiet,
        "p99_without": percentile(tokens[False], 0.99), "p99_with": percentile(tokens[True], 0.99),
        "mean_slower_by": statistics.fmean(tokens[True]) / statistics.fmean(tokens[False]),
        "failures": len(stream.failures), "first_failures": stream.failures[:3],
        "health_during_loads": health, "health_without_loads": quiet_health,
        "passed": not stream.failures and abs(busy / quiet - 1) < 0.2 and health["passed"],
    }


def main():
    arguments = parse_arguments()
    arguments.folders = [str(pathlib.Path(folder).resolve()) for folder in arguments.folders]
    result = {"nothing_prepared": measure(arguments, False), "prepared": measure(arguments, True)}
    result["passed"] = all(part["passed"] for part in result.values())
    report(result)


if __name__ == "__main__":
    main()
