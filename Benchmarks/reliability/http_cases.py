#!/usr/bin/env python3
"""Sends every case of Tests/Fixtures/http/cases.jsonl to a server, as bytes, and looks at what comes back.

    python3 Benchmarks/reliability/http_cases.py .build-release/release/server

Four rounds at the same time: plain and over TLS, of a server without API keys and of one that has a key,
which no case sends. After each case the server must answer `/health`. Cases that wait for a deadline of
the server's are among them. Then the cases of hostile sizes, one by one, at their size and at twice that:
resident memory may rise by 8 MiB and no more, each may take 50 ms of the processor's time, and twice the
bytes 2.5 times that (or less than 10 ms).

Prints one JSON object, and exits with 1 where a case or a bar failed. Takes about two minutes. Linux
only: it reads /proc.
"""

import argparse
import concurrent.futures
import contextlib
import json
import pathlib
import re
import socket
import tempfile
import time

from clients import (FIXTURES, HEALTH, Answers, Wire, certificate, model, secure_address,
                     trusting_context)
from figures import report
from running_server import RunningServer

# The limits of the configuration that cases wait for, in seconds, by a case's `hold`.
HOLDS = {"header": 10, "body": 30, "idle": 60}
PATIENCE = 3
REPEAT = re.compile(r"\$\{rep:(.*?):(\d+)\}", re.DOTALL)
MOST_MEMORY = 8 << 20
# Of hostile sizes, in seconds of the processor. What takes less than NOTHING is not compared.
MOST_SECONDS, NOTHING = 0.05, 0.01
# Twice the bytes; four times is what grows with the square.
MOST_RATIO = 2.5
MOST_RUNS = 15


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--parallel", type=int, default=16, help="cases at a time")
    parser.add_argument("--only", default="", help="a pattern of the names of cases")
    return parser.parse_args()


def to_bytes(raw, times=1):
    """Expands repetitions, `times` as often as they say, and then escapes."""
    expanded = REPEAT.sub(lambda found: found[1] * (int(found[2]) * times), raw)
    return expanded.encode("ascii").decode("unicode_escape").encode("latin-1")


class Round:
    """One server and one way to it."""

    def __init__(self, name, server, is_secure):
        self.name, self.server = name, server
        self.address = secure_address(server) if is_secure else server.address
        self.context = trusting_context() if is_secure else None

    def connect(self):
        return Wire(self.address, self.context, timeout=20)

    def is_healthy(self):
        try:
            with self.connect() as wire:
                return wire.ask(HEALTH)[0] == 200
        except OSError:
            return False

    def run(self, case):
        """What is wrong; nothing where the case passed."""
        try:
            with self.connect() as wire:
                faults = Trial(wire, case).faults()
        except OSError as error:
            faults = [f"{type(error).__name__}: {error}"]
        if not self.is_healthy():
            faults.append("afterwards the server is not healthy")
        return [f"{self.name}: {case['name']}: {fault}" for fault in faults]


class Trial:
    """One case on one connection."""

    def __init__(self, wire, case):
        self.wire, self.case = wire, case
        self.hold = HOLDS.get(case.get("hold"), 0)
        self.began = time.monotonic()
        self.early = None

    def faults(self):
        # A server may close before it has read everything.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send()
        self._await()
        return list(self._judge(self._answers()))

    def _answers(self):
        return Answers(bytes(self.wire.received), self.case.get("head", False))

    def _send(self):
        content = to_bytes(self.case["raw"])
        size, pause = self.case.get("dribble", [len(content) or 1, 0])
        for start in range(0, len(content), int(size)):
            self.wire.send(content[start:start + int(size)])
            if pause:
                until = time.monotonic() + pause
                while (rest := until - time.monotonic()) > 0 and not self.wire.closed:
                    self.wire.receive(rest)
            if self.wire.closed:
                return
        if self.case.get("half_close"):
            self.wire.end_sending()
        if "send_after_100" in self.case:
            deadline = time.monotonic() + 10
            while not self._answers().interim and time.monotonic() < deadline:
                self.wire.receive(0.1)
            self.early = self._answers().interim
            self.wire.send(to_bytes(self.case["send_after_100"]))

    def _await(self):
        """Until the server closes, or has said what it had to say and nothing more comes."""
        wanted = self.case.get("min_resp", 1)
        quiet = 1.0 if self.case.get("close") or "max_resp" in self.case else 0.3
        deadline = self.began + self.hold + PATIENCE if self.hold else time.monotonic() + 15
        last = time.monotonic()
        while not self.wire.closed and time.monotonic() < deadline:
            if self.wire.receive(0.1):
                last = time.monotonic()
            elif not self.hold and time.monotonic() - last > quiet:
                answers = self._answers()
                must_close = self.case.get("close") and answers.final
                if answers.are_whole and len(answers.final) >= wanted and not must_close:
                    return
        self.seconds = time.monotonic() - self.began

    def _judge(self, answers):
        case, statuses = self.case, [answer[0] for answer in answers.final]
        expected = case["expect"]
        if self.early is not None:
            if 100 not in self.early:
                yield "no 100 came"
            expected = [200]
        if statuses and statuses[0] not in expected:
            yield f"{statuses[0]} came, not one of {expected}"
        elif not statuses and not (self.wire.closed and "close" in expected):
            yield f"nothing came, not even one of {expected}"
        if answers.are_whole is None or (answers.are_whole is False and self.wire.closed):
            yield "what came is no whole answer"
        if (case.get("close") or self.hold) and not self.wire.closed:
            yield f"still open after {time.monotonic() - self.began:.1f} s"
        if len(statuses) > case.get("max_resp", 1000):
            yield f"{len(statuses)} answers, of at most {case['max_resp']}: a desync"
        # A GET with a body may be refused, which ends the connection.
        if len(statuses) < case.get("min_resp", 0) and statuses[:1] != [400]:
            yield f"{len(statuses)} answers, of at least {case['min_resp']}"
        if case.get("no_1xx") and answers.interim:
            yield "an interim answer came"
        for status, headers, _ in answers.final:
            if "date" not in headers:
                yield f"a {status} without Date"
            if status == 405 and "allow" not in headers:
                yield "a 405 without Allow"
        if statuses and case.get("no_header") in answers.final[0][1]:
            yield f"a header {case['no_header']} came"


def run_rounds(rounds, cases, parallel):
    """Those that wait go first and at the same time; the faults of all."""
    jobs = [(each, case) for case in cases for each in rounds]
    slow = [job for job in jobs if "hold" in job[1]]
    quick = [job for job in jobs if "hold" not in job[1]]
    with concurrent.futures.ThreadPoolExecutor(len(slow) or 1) as waiting, \
            concurrent.futures.ThreadPoolExecutor(parallel) as working:
        futures = [waiting.submit(each.run, case) for each, case in slow]
        futures += [working.submit(each.run, case) for each, case in quick]
        return [fault for future in futures for fault in future.result()]


class Sizes:
    """Cases of hostile sizes, one at a time, with an eye on memory and time."""

    def __init__(self, each):
        self.round, self.server = each, each.server

    def measure(self, case):
        """In turn at both sizes, until the bars are kept: what other programs do only lengthens."""
        contents = {times: self._content(case, times) for times in (1, 2)}
        costs = {1: [], 2: []}
        while len(costs[1]) < MOST_RUNS:
            for times, seen in costs.items():
                seen.append(self._cost(contents[times]))
            once, twice = (min(seconds for seconds, _ in seen) for seen in costs.values())
            is_quick = once <= MOST_SECONDS and twice <= max(NOTHING, MOST_RATIO * once)
            if is_quick and len(costs[1]) >= 5:
                break
        memory = max(memory for seen in costs.values() for _, memory in seen)
        return {"case": case["name"], "round": self.round.name, "bytes": len(contents[1]),
                "milliseconds": round(once * 1000, 2),
                "milliseconds_of_twice": round(twice * 1000, 2), "runs": len(costs[1]),
                "memory": memory, "passed": is_quick and memory <= MOST_MEMORY}

    @staticmethod
    def _content(case, times):
        content = to_bytes(case["raw"], times)
        # A body must be as long as it says.
        if length := re.search(rb"Content-Length: (\d+)", content):
            body = len(content) - content.find(b"\r\n\r\n") - 4
            content = content.replace(length[0], b"Content-Length: %d" % body)
        return content

    def _cost(self, content):
        """The processor's seconds, and the memory that was taken meanwhile."""
        resident = self.server.state()[0]
        # Counts the most that is resident anew.
        pathlib.Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")
        with self.round.connect() as wire:
            began = self.server.processor_seconds()
            with contextlib.suppress(OSError):
                wire.send(content)
                wire.socket.shutdown(socket.SHUT_WR)
            while not wire.closed and wire.receive(5):
                pass
        time.sleep(0.05)
        seconds = self.server.processor_seconds() - began
        return seconds, max(0, self.server.peak() - resident)


def main():
    arguments = parse_arguments()
    cases = [json.loads(line)
             for line in (FIXTURES / "http/cases.jsonl").read_text().splitlines()]
    cases = [case for case in cases if re.search(arguments.only, case["name"])]
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        rounds = []
        for name, keys in (("without keys", []), ("with a key", ["a-key-that-no-case-sends"])):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = stack.enter_context(RunningServer(
                [arguments.server, "--test_echo"], folder,
                {"models": [model("red")], "cache_dir": "", "api_keys": keys,
                 "tls": {"port": 0, "certificates": [certificate("one")]}}))
            rounds += [Round(f"{name}, plain", server, False), Round(f"{name}, TLS", server, True)]
        faults = run_rounds(rounds, cases, arguments.parallel)
        hostile = [case for case in cases if case.get("rep") and "dribble" not in case]
        sizes = [Sizes(each).measure(case) for each in rounds[:2] for case in hostile]
        alive = all(each.server.is_running and each.is_healthy() for each in rounds)
    result = {
        "cases": len(cases), "rounds": [each.name for each in rounds],
        "sent": len(cases) * len(rounds), "faults": faults,
        "desyncs": sum("a desync" in fault for fault in faults), "sizes": sizes,
        "most_memory": max((size["memory"] for size in sizes), default=0),
        "longest_milliseconds": max((size["milliseconds"] for size in sizes), default=0),
        "alive": alive, "seconds": round(time.monotonic() - began, 1),
        "passed": not faults and alive and all(size["passed"] for size in sizes)}
    report(result)


if __name__ == "__main__":
    main()
