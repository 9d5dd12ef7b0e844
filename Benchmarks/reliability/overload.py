#!/usr/bin/env python3
"""Asks ten times as much as the server can do, and looks at who is answered, when and with what.

    python3 Benchmarks/reliability/overload.py .build-release/release/server FOLDER

FOLDER is a checkpoint, such as 124M. First `--clients` that wait for each answer measure the peak;
then requests come at random moments, `--times` as many as were answered, whether or not earlier ones
have been; then the peak is measured again. All of it once on all cores, and for `--starved-seconds`
with the server held to core 0 with a computing thread for each core of the machine. Meanwhile another
process asks for /health ten times a second.

Bars: every request is answered; accepted ones end within their deadline (p99); the others get 429
or 503 with Retry-After in 10 ms (p99, from the request's sending, seen by the client); what is
answered in time is at least 90 % of the two peaks' mean; /health takes under 50 ms (p99) and, on
all cores, 200 ms (longest). The client shares the machine's cores with the server: `cores_busy` is
what each took of the cores, `sent_late_p99` how late the client was with its own requests, and
`refused_at_server` what the server's log says. `…_per_core` are replies for each second of a core
that the server took: where others want the cores too, these can be compared still. Prints one JSON
object, exits with 1 where a bar fails. Linux only.
"""

import argparse
import collections
import itertools
import json
import os
import pathlib
import random
import re
import selectors
import socket
import sys
import tempfile
import time

from figures import percentile, report
from health_probe import Cores, HealthProbe
from running_server import RunningServer


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("checkpoint", help="a folder with a checkpoint")
    parser.add_argument("--seconds", type=float, default=300, help="of overload")
    parser.add_argument("--starved-seconds", type=float, default=60, help="of overload on one core")
    parser.add_argument("--peak-seconds", type=float, default=20, help="of each look at the peak")
    parser.add_argument("--times", type=float, default=10, help="the peak")
    parser.add_argument("--clients", type=int, default=32, help="that wait, to measure the peak")
    parser.add_argument("--connections", type=int, default=400)
    parser.add_argument("--deadline", type=float, default=60, help="seconds of each request")
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--weights", default="int8")
    return parser.parse_args()


# No prompt comes twice, as its beginning would be kept from the first time. And all are numbers of six
# digits, in no order: counted from one, those of the overload, of which most are refused, would have more
# tokens than those of the peak.
NUMBERS = (str(100_000 + number * 387_503 % 900_000) for number in itertools.count())

Answer = collections.namedtuple("Answer", "sent seconds status retry_after is_whole code")


class Client:
    """Sends requests on a number of connections, the one that has rested longest first.

    A loop over sockets and no more, as what it takes of the cores is taken from the server.
    """

    def __init__(self, address, arguments):
        self.address = address
        self.arguments = arguments
        self.selector = selectors.DefaultSelector()
        self.resting = collections.deque()
        self.answers = []
        self.late = []
        self.waiting = self.unanswered = self.asked = 0
        self.on_end = lambda: None  # called after each answer
        self.content = json.dumps({
            "model_key": "a", "raw_text": "NUMBER stories were told that evening",
            "length": arguments.tokens, "temperature": 0, "format": "json",
            "deadline_ms": int(arguments.deadline * 1000)})

    def connect(self, count):
        for _ in range(count):
            self.resting.append(self.opened())

    def opened(self):
        exchange = Exchange(socket.create_connection(self.address, timeout=10))
        exchange.socket.setblocking(False)
        self.selector.register(exchange.socket, selectors.EVENT_READ, exchange)
        return exchange

    def close(self, exchange):
        self.selector.unregister(exchange.socket)
        exchange.socket.close()

    def send(self):
        self.asked += 1
        body = self.content.replace("NUMBER", next(NUMBERS)).encode()
        self.waiting += 1
        try:
            exchange = self.resting.popleft() if self.resting else self.opened()
            exchange.sent, exchange.buffer = time.monotonic(), b""
            exchange.socket.sendall(
                b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                b"application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        except OSError:
            self.lost()

    def turn(self, until):
        """Takes what comes until then, and returns a moment after the first of it."""
        for key, _ in self.selector.select(max(0, until - time.monotonic())):
            self.take(key.data)

    def take(self, exchange):
        """Takes what has come on a connection."""
        try:
            data = exchange.socket.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self.close(exchange)
            if exchange.sent is None:
                self.resting.remove(exchange)
            else:
                self.lost()
        elif answer := exchange.receive(data):
            self.answers.append(answer)
            self.waiting -= 1
            if exchange.is_ending:
                self.close(exchange)
            else:
                self.resting.append(exchange)
            self.on_end()

    def lost(self):
        self.unanswered += 1
        self.waiting -= 1

    def wait(self):
        """Until every request has been answered; what is not, long after its deadline, never is."""
        self.on_end = lambda: None
        limit = time.monotonic() + self.arguments.deadline + 10
        while self.waiting and time.monotonic() < limit:
            self.turn(limit)
        self.unanswered += self.waiting
        for key in list(self.selector.get_map().values()):
            self.close(key.data)

    def go_on(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.turn(until)

    def measure_peak(self):
        """Whole replies a second while each client waits for its answer."""
        seconds = self.arguments.peak_seconds
        self.on_end = self.send
        for _ in range(self.arguments.clients):
            self.send()
        self.go_on(seconds / 10)
        began = time.monotonic()
        self.go_on(seconds)
        ended = time.monotonic()
        self.wait()
        return good(self.answers, began, ended, self.arguments) / (ended - began)

    def overload(self, rate, seconds):
        """Sends at random moments, `rate` a second on average; when it began and ended."""
        moments = random.Random(1)
        began = due = time.monotonic()
        while due < began + seconds:
            now = time.monotonic()
            if due > now:
                self.turn(due)
                continue
            self.late.append(now - due)
            self.send()
            due += moments.expovariate(rate)
        ended = time.monotonic()
        self.wait()
        return began, ended


class Exchange:
    """A connection that carries one request at a time."""

    LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
    CLOSE = re.compile(rb"\r\nconnection: close", re.IGNORECASE)
    RETRY_AFTER = re.compile(rb"\r\nretry-after: ", re.IGNORECASE)
    CODE = re.compile(rb'"code":"(\w+)"')

    def __init__(self, socket):
        self.socket = socket
        self.sent = None
        self.buffer = b""
        self.is_ending = False

    def receive(self, data):
        """The answer, once it is whole."""
        self.buffer += data
        head, ends, body = self.buffer.partition(b"\r\n\r\n")
        length = self.LENGTH.search(head)
        if not ends or not length or len(body) < int(length[1]) or self.sent is None:
            return None
        code = self.CODE.search(body)
        answer = Answer(
            self.sent, time.monotonic() - self.sent, int(head[9:12]),
            self.RETRY_AFTER.search(head) is not None, b'"finish_reason":"length"' in body,
            code[1].decode() if code else "")
        self.sent = None
        self.is_ending = self.CLOSE.search(head) is not None
        return answer


def good(answers, began, ended, arguments):
    """How many whole replies came within their deadline, and between two moments."""
    return sum(a.is_whole and a.seconds <= arguments.deadline and
               began <= a.sent + a.seconds <= ended for a in answers)


def refused_times(log):
    """Seconds that refusals took, as the server's log has them."""
    return [float(seconds[1]) for line in log.splitlines()
            if re.search(r" status=(429|503)\b", line)
            and (seconds := re.search(r" seconds=([\d.e-]+)", line))]


def peak(server, arguments):
    """Whole replies a second, and for each second of a core that the server took, and what is lost."""
    client = Client(server.address, arguments)
    client.connect(arguments.clients)
    cores = Cores(server.process.pid)
    rate = client.measure_peak()
    return rate, per_core(client, cores), client.unanswered


def per_core(client, cores):
    """Whole replies for each second of a core that the server took, whoever else wanted the cores."""
    elapsed = cores.now()[0] - cores.began[0]
    return sum(a.is_whole for a in client.answers) / (cores.figures()["server"] * elapsed)


def run(server, arguments, seconds):
    before, peak_per_core, lost_before = peak(server, arguments)
    if before == 0:
        sys.exit("no request was answered in time, with no overload")
    client = Client(server.address, arguments)
    client.connect(arguments.connections)
    offset = server.log_path.stat().st_size
    cores = Cores(server.process.pid)
    with HealthProbe(server.address) as probe:
        began, ended = client.overload(before * arguments.times, seconds)
        busy, goodput_per_core = cores.figures(), per_core(client, cores)
    with server.log_path.open() as log:
        log.seek(offset)
        at_server = refused_times(log.read())
    after, peak_after_per_core, lost_after = peak(server, arguments)
    result = figures(client, before, after, began, ended, arguments)
    result["unanswered"] += lost_before + lost_after
    result |= {
        "refused_at_server": {"p50": percentile(at_server, 0.5), "p99": percentile(at_server, 0.99),
                              "longest": max(at_server, default=None)},
        "cores_busy": busy, "peak_per_core": [peak_per_core, peak_after_per_core],
        "goodput_per_core": goodput_per_core,
        "health": probe.figures([a for a in probe.answers if began <= a[0] <= ended])}
    result["bars"] |= {"all_answered": result["unanswered"] == 0,
                       "health": result["health"]["passed"]}
    result["passed"] = all(result["bars"].values())
    return result


def figures(client, before, after, began, ended, arguments):
    accepted = [a for a in client.answers if a.status == 200]
    refused = [a for a in client.answers if a.status in (429, 503)]
    # The replies of the first moments fill the slots and are no measure.
    start = began + min(10, (ended - began) / 10)
    goodput = good(accepted, start, ended, arguments) / (ended - start)
    took, refusal = [a.seconds for a in accepted], [a.seconds for a in refused]
    return {
        "peak": before, "peak_after": after, "offered": client.asked / (ended - began),
        "requests": client.asked, "accepted": len(accepted), "goodput": goodput,
        "goodput_of_peak": goodput / ((before + after) / 2),
        "accepted_p50": percentile(took, 0.5), "accepted_p99": percentile(took, 0.99),
        "accepted_longest": max(took, default=None),
        "cut_by_deadline": sum(not a.is_whole for a in accepted),
        "refused": len(refused), "codes": collections.Counter(a.code for a in refused),
        "without_retry_after": sum(not a.retry_after for a in refused),
        "refused_p50": percentile(refusal, 0.5), "refused_p99": percentile(refusal, 0.99),
        "refused_longest": max(refusal, default=None),
        "other_answers": len(client.answers) - len(accepted) - len(refused),
        "unanswered": client.unanswered, "sent_late_p99": percentile(client.late, 0.99),
        "bars": {
            "in_time": bool(accepted) and percentile(took, 0.99) <= arguments.deadline,
            "refused_soon": bool(refused) and percentile(refusal, 0.99) < 0.01,
            "retry_after": all(a.retry_after for a in refused),
            "nothing_else": len(accepted) + len(refused) == len(client.answers),
            "goodput": goodput >= 0.9 * (before + after) / 2},
    }


def measure(arguments, seconds, is_starved):
    model = {"key": "a", "model_name": arguments.checkpoint, "sanitizer": "none",
             "weights": arguments.weights}
    configuration = {"models": [model], "cache_dir": "", "limits": {"idle_seconds": 3600}}
    program = arguments.server
    cores = os.sched_getaffinity(0)
    if is_starved:
        configuration["threads"] = os.cpu_count()
        program = ["taskset", "-c", "0", arguments.server]
    with tempfile.TemporaryDirectory() as folder:
        with RunningServer(program, folder, configuration) as server:
            if is_starved and len(cores) > 1:
                os.sched_setaffinity(0, cores - {0})
            try:
                result = run(server, arguments, seconds)
                if is_starved and result["health"]["probes"]:
                    # On one core the longest is the kernel's affair.
                    result["bars"]["health"] = (
                        result["health"]["p99_ms"] < 50 and not result["health"]["failures"])
                    result["passed"] = all(result["bars"].values())
                return result
            finally:
                os.sched_setaffinity(0, cores)


def main():
    arguments = parse_arguments()
    arguments.checkpoint = str(pathlib.Path(arguments.checkpoint).resolve())
    result = {}
    if arguments.seconds:
        result["all_cores"] = measure(arguments, arguments.seconds, False)
    if arguments.starved_seconds:
        result["one_core"] = measure(arguments, arguments.starved_seconds, True)
    result["passed"] = all(part["passed"] for part in result.values())
    report(result)


if __name__ == "__main__":
    main()
