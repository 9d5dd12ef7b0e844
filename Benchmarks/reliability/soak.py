#!/usr/bin/env python3
"""Everything at once, for long: do memory, files and threads stay, and is every reply right?

    python3 Benchmarks/reliability/soak.py .build-release/release/server RED BLUE --minutes 60

RED and BLUE are two checkpoints of one small model (Tests/Fixtures/models has such); `--large FOLDER`
adds one that is loaded once a minute and unloaded by its ttl. Clients ask whole and streamed, in both
dialects, plain and over TLS, chat, hang up, read slowly, begin and do not go on, send garbage, bodies
that are too large, and bursts (soak_clients.py); meanwhile models are swapped and rolled back, and the
configuration is edited and read again by SIGHUP, now and then with a fault in it. Every whole reply
is compared with what that version says by itself.

Every `--every` seconds resident memory, files and threads go to `--csv`. Memory rises and falls by
what is loaded, so each minute's least sample counts; their slope after `--settle` minutes, when the
caches are full, is the median over all pairs (Theil-Sen). It may be 1 MiB an hour, and two standard
errors more, which are large for a short run and small for a long one: a run whose slope is known no
better than to 16 MiB an hour, or with under eight such minutes, does not judge memory, and says so.
When the clients have stopped, files and threads must return to what they were before. Prints one JSON
object, exits with 1 where a bar fails. Linux only.
"""

import argparse
import csv
import http.client
import itertools
import json
import pathlib
import re
import signal
import statistics
import sys
import tempfile
import threading
import time

import soak_clients as clients
from figures import report
from running_server import RunningServer

CERTIFICATES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/tls"
MIB = 1 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("folders", nargs=2, help="two checkpoints of one small model")
    parser.add_argument("--large", help="a larger checkpoint, such as 124M")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--settle", type=float, default=10, help="minutes before memory is judged")
    parser.add_argument("--every", type=float, default=10, help="seconds between two samples")
    parser.add_argument("--csv", default="soak.csv", help="where samples go")
    parser.add_argument("--weights", default="int8")
    return parser.parse_args()


def configuration(arguments, number=0):
    """The `number`th edit: model `b` alternates, `extra` comes and goes, a setting changes."""
    def model(key, folder, **more):
        return {"key": key, "model_name": folder, "sanitizer": "none",
                "weights": arguments.weights, **more}
    red, blue = arguments.folders
    models = [model("a", red), model("b", [red, blue][number % 2]),
              model("t", blue, preload=False, ttl=2, generation={"length": 20 + number % 5})]
    if number % 3 == 1:
        models.append(model("extra", blue))
    if arguments.large:
        models.append(model("large", arguments.large, preload=False, ttl=2))
    certificate = ["one", "two"][number % 2]
    return {
        "port": 0, "models": models, "model_roots": arguments.folders, "cache_dir": "cache",
        # Small enough to be full when memory begins to be judged.
        "prefix_cache": "4MB", "sessions": {"max": 50},
        "tls": {"port": 0, "certificates": [{
            "certificate": str(CERTIFICATES / f"{certificate}.pem"),
            "key": str(CERTIFICATES / f"{certificate}.key")}]},
        "limits": {"idle_seconds": 5, "header_seconds": 3, "handshake_seconds": 3,
                   "body_idle_seconds": 3, "body_bytes": "64KB"}}


def learn(site, server, arguments):
    """What each version says by itself, with nobody else asking."""
    def note(path, body, key):
        connection = site.opened(False)
        try:
            connection.request("POST", path, json.dumps(body),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
            if response.status != 200:
                sys.exit(f"status {response.status}: {content.decode()}")
            version = response.getheader("x-model-version")
            site.expected[version, key] = clients.text_of(content, False)
        finally:
            connection.close()

    for folder in reversed(arguments.folders):
        status, content = server.post("/admin/models/a/swap", {"restore_from": folder})
        if status != 200:
            sys.exit(f"a swap was answered with {status}: {content.decode()}")
        for prompt in clients.PROMPTS:
            note(*clients.invocation("a", prompt), prompt)
        note(*clients.chat("a", f"learn-{len(site.expected)}", clients.MESSAGES[0]),
             clients.MESSAGES[0])
        session = f"learn-{len(site.expected)}"
        note(*clients.chat("a", session, clients.MESSAGES[0]), clients.MESSAGES[0])
        note(*clients.chat("a", session, clients.MESSAGES[1]), tuple(clients.MESSAGES))
    for key in ["t"] + ["large"] * bool(arguments.large):
        for prompt in clients.PROMPTS:
            note(*clients.invocation(key, prompt), prompt)


def change(server, arguments):
    """Swaps, roll-backs and swaps that cannot be, in turn."""
    turns = itertools.cycle([
        ("swap", {"restore_from": arguments.folders[1]}, {200}),
        ("swap", {"restore_from": arguments.folders[0]}, {200}),
        ("rollback", {}, {200, 409}),  # A reload may have come between: nothing to go back to.
        ("swap", {"restore_from": "nowhere/at/all"}, {400, 422}),
        ("swap", {"restore_from": arguments.folders[1], "drain": True}, {200}),
        ("rollback", {"drain": True}, {200, 409})])

    def action(site, _):
        name, body, right = next(turns)
        status, content = server.post(f"/admin/models/a/{name}", body)
        if status not in right:
            raise clients.Failure(f"a {name} was answered with {status}: {content[:200]}")
    return action


def reload(server, arguments):
    """Edits the configuration and sends SIGHUP; every fifth edit is none that can be read."""
    numbers = itertools.count(1)

    def action(site, _):
        number = next(numbers)
        text = json.dumps(configuration(arguments, number))
        new = server.configuration_path.with_suffix(".new")
        new.write_text(text[:-1] if number % 5 == 0 else text)
        new.replace(server.configuration_path)
        offset = server.log_path.stat().st_size
        server.process.send_signal(signal.SIGHUP)
        limit = time.monotonic() + clients.LATE
        while not tells_of_reload(server, offset):
            if time.monotonic() > limit:
                raise clients.Failure("a reload that nothing is heard of")
            time.sleep(0.2)
    return action


def tells_of_reload(server, offset):
    """Whether the log tells of one after `offset` bytes, whether it went well or not."""
    with server.log_path.open("rb") as log:
        log.seek(offset)
        return re.search(rb"\[API\] (?:reloaded|the configuration was not reloaded)", log.read())


class Sampler(threading.Thread):
    """Writes down what the process takes."""

    def __init__(self, server, site, arguments):
        super().__init__(daemon=True)
        self.server, self.site, self.every = server, site, arguments.every
        self.path = arguments.csv
        self.samples = []

    def run(self):
        began = time.monotonic()
        with open(self.path, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["seconds", "rss_bytes", "pss_bytes", "files", "threads", "replies",
                           "failures"])
            while not self.site.stopping.is_set() and self.server.is_running:
                resident, files, threads = self.server.state()
                sample = (time.monotonic() - began, resident, self.pss(), files, threads)
                self.samples.append(sample)
                rows.writerow([round(sample[0], 1), *sample[1:], self.site.counts["replies"],
                               self.site.counts["failures"]])
                file.flush()
                self.site.stopping.wait(self.every)

    def pss(self):
        rollup = pathlib.Path(f"/proc/{self.server.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s*(\d+)", rollup, re.M)[1]) * 1024


def slope(samples, column, settle):
    """Growth in MiB an hour, its standard error, and of how many minutes."""
    minutes = {}
    for sample in samples:
        if sample[0] >= settle * 60:
            minute = int(sample[0] // 60)
            minutes[minute] = min(minutes.get(minute, sample), sample, key=lambda s: s[column])
    points = [(sample[0] / 3600, sample[column] / MIB) for sample in minutes.values()]
    if len(points) < 3:
        return {"mib_per_hour": None, "standard_error": None, "minutes": len(points),
                "is_judged": False, "passed": True}
    slopes = [(y2 - y1) / (x2 - x1)
              for (x1, y1), (x2, y2) in itertools.combinations(points, 2)]
    found = statistics.median(slopes)
    rests = [y - found * x for x, y in points]
    middle = statistics.median(rests)
    deviation = 1.4826 * statistics.median(abs(rest - middle) for rest in rests)
    mean = statistics.fmean(x for x, _ in points)
    error = deviation / sum((x - mean) ** 2 for x, _ in points) ** 0.5
    is_judged = len(points) >= 8 and error <= 8
    return {"mib_per_hour": found, "standard_error": error, "minutes": len(points),
            "first_mib": points[0][1], "last_mib": points[-1][1], "is_judged": is_judged,
            "passed": not is_judged or found <= 1 + 2 * error}


def is_ready(site):
    connection = http.client.HTTPConnection(*site.address, timeout=10)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def tls_address(server):
    line = re.search(r"port=(\d+) \[API\] listening for HTTPS", server.log_path.read_text())
    return server.address[0], int(line[1])


def measure(server, arguments):
    site = clients.Site(server.address, tls_address(server))
    learn(site, server, arguments)
    time.sleep(8)  # Until what ttl unloads is gone and idle threads have ended.
    before = server.state()
    roles = dict(clients.ROLES)
    roles["change"] = (change(server, arguments), 3, 1)
    roles["reload"] = (reload(server, arguments), 7, 1)
    if arguments.large:
        roles["wake_large"] = (clients.wake("large"), 45, 1)
    threads = [
        threading.Thread(target=clients.repeat, daemon=True, name=f"{role} {number}",
                         args=(site, role, action, pause, f"{role} {number}"))
        for role, (action, pause, count) in roles.items() for number in range(count)]
    sampler = Sampler(server, site, arguments)
    site.going.set()
    for thread in [sampler, *threads]:
        thread.start()
    end = time.monotonic() + arguments.minutes * 60
    while time.monotonic() < end and server.is_running:
        time.sleep(min(1, max(0, end - time.monotonic())))
    site.stopping.set()
    for thread in [*threads, sampler]:
        thread.join(120)
    hanging = [thread.name for thread in threads if thread.is_alive()]
    if not server.is_running:
        return {"exit_status": server.process.returncode, "failures": site.failures[:10],
                "passed": False}
    after = quiet(server, before)
    return figures(server, site, sampler, arguments, before, after, hanging)


def quiet(server, before):
    """The state when files and threads are back, or after forty seconds."""
    limit = time.monotonic() + 40
    while True:
        time.sleep(1)
        after = server.state()
        if time.monotonic() > limit or after[1] <= before[1] and after[2] <= before[2]:
            return after


def figures(server, site, sampler, arguments, before, after, hanging):
    memory = {"rss": slope(sampler.samples, 1, arguments.settle),
              "pss": slope(sampler.samples, 2, arguments.settle)}
    log = server.log_path.read_text()
    bars = {"no_failures": not site.failures and not hanging,
            # Pss changes with who else runs the same program, and is told only.
            "memory": memory["rss"]["passed"],
            "files": after[1] <= before[1], "threads": after[2] <= before[2],
            "ready": is_ready(site), "exit_status": server.end() == 0}
    return {
        "minutes": arguments.minutes, "done": dict(sorted(site.counts.items())),
        "first_failures": site.failures[:5], "still_hanging": hanging,
        "answers_of_5xx": len(re.findall(r" status=5\d\d", log)),
        "swapped": log.count("[API] swapped"), "reloaded": log.count("[API] reloaded"),
        "memory": memory, "peak_mib": max(s[1] for s in sampler.samples) / MIB,
        "resident_bytes": [before[0], after[0]], "files": [before[1], after[1]],
        "threads": [before[2], after[2]], "bars": bars, "passed": all(bars.values())}


def main():
    arguments = parse_arguments()
    arguments.folders = [str(pathlib.Path(folder).resolve()) for folder in arguments.folders]
    if arguments.large:
        arguments.large = str(pathlib.Path(arguments.large).resolve())
    with tempfile.TemporaryDirectory() as folder:
        with RunningServer(arguments.server, folder, configuration(arguments)) as server:
            result = measure(server, arguments)
    report(result)


if __name__ == "__main__":
    main()
