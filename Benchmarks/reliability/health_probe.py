#!/usr/bin/env python3
"""Asks for /health again and again, in a process of its own, and says how long each answer took.

    python3 Benchmarks/reliability/health_probe.py 127.0.0.1 12345

Each time on a new connection, from before it is opened to the answer's end. One line for each on
standard output: when it was asked, in seconds of the monotonic clock, the seconds it took, or
`failed`, and the seconds that the probe itself was late, which is what the machine's other work adds
to anybody who waits. Ends when its standard input does. Other scripts use `HealthProbe`.
"""

import json
import os
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import time

from figures import percentile

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Cores:
    """How many cores were busy since this was made: with a process, and with everything else."""

    def __init__(self, process):
        self.process = process
        self.began = self.now()

    def now(self):
        fields = pathlib.Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        machine = pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
        ticks = os.sysconf("SC_CLK_TCK")
        return (time.monotonic(), (int(fields[11]) + int(fields[12])) / ticks,
                sum(int(machine[place]) for place in (0, 1, 2, 5, 6, 7)) / ticks,
                time.process_time())

    def figures(self):
        elapsed, server, all_of_it, own = (
            now - began for now, began in zip(self.now(), self.began))
        return {"server": server / elapsed, "client": own / elapsed,
                "others": (all_of_it - server - own) / elapsed}


class HealthProbe:
    """Asks in the background, from `with` to its end; then `answers` are when, seconds and lateness."""

    def __init__(self, address, every=0.1):
        self.command = [sys.executable, __file__, address[0], str(address[1]), str(every)]
        self.answers = []
        self.failures = 0

    def __enter__(self):
        # A file never makes the probe wait for its reader.
        self.output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=self.output, text=True)
        return self

    def __exit__(self, *_):
        self.process.communicate("")
        self.output.seek(0)
        lines = self.output.read().splitlines()
        self.output.close()
        for line in lines:
            moment, seconds, late = line.split()
            if seconds == "failed":
                self.failures += 1
            else:
                self.answers.append((float(moment), float(seconds), float(late)))

    def figures(self, answers=None):
        """What was seen, and whether it keeps to 50 ms (p99) and 200 ms (longest)."""
        answers = self.answers if answers is None else answers
        if not answers:
            return {"probes": 0, "failures": self.failures, "passed": False}
        times, late = ([1000 * answer[place] for answer in answers] for place in (1, 2))
        p99, longest = percentile(times, 0.99), max(times)
        return {"probes": len(times), "failures": self.failures,
                "median_ms": percentile(times, 0.5), "p99_ms": p99, "longest_ms": longest,
                "late_p99_ms": percentile(late, 0.99),
                "passed": not self.failures and p99 < 50 and longest < 200}


def probe_for(address, seconds):
    """What `/health` takes while nothing else is asked: what the machine's other work costs."""
    with HealthProbe(address, every=0.01) as probe:
        time.sleep(seconds)
    return probe.figures()


def ask(address):
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(REQUEST)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    status, _, body = answer.partition(b"\r\n\r\n")
    return status.startswith(b"HTTP/1.1 200") and json.loads(body) == {"status": "ok"}


def main():
    host, port, every = sys.argv[1], int(sys.argv[2]), float((sys.argv[3:] or ["0.1"])[0])
    due = time.monotonic()
    while True:
        began = time.monotonic()
        late = began - due
        try:
            answered = ask((host, port))
        except (OSError, ValueError):
            answered = False
        seconds = f"{time.monotonic() - began:.6f}" if answered else "failed"
        print(f"{began:.6f} {seconds} {late:.6f}", flush=True)
        due = max(due + every, time.monotonic())
        if select.select([sys.stdin], [], [], max(0, due - time.monotonic()))[0]:
            return


if __name__ == "__main__":
    main()
