#!/usr/bin/env python3
"""Starts a server, has it answer some requests, and measures what it does when nobody asks.

    python3 Benchmarks/idle.py .build-release/release/server [--config server_config.json.sample]

Prints the share of a core and the wake-ups a second, thread by thread, first without connections
and then with some that are open and silent. Linux only: it reads /proc.
"""

import argparse
import http.client
import json
import pathlib
import re
import subprocess
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--config", default="server_config.json.sample")
    parser.add_argument("--seconds", type=float, default=10, help="how long to watch")
    parser.add_argument("--requests", type=int, default=20, help="how many to answer before")
    parser.add_argument("--connections", type=int, default=8, help="how many to leave open")
    return parser.parse_args()


def start(arguments):
    """The process, and its host and port once it is ready."""
    process = subprocess.Popen(
        [arguments.server, "--config_path", arguments.config, "--host", "127.0.0.1",
         "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        ready = re.search(r"Ready on http://([\d.]+):(\d+)", line)
        if ready:
            return process, ready[1], int(ready[2])
    sys.exit(f"the server ended before it was ready, with status {process.wait()}")


def ask(connection, path, body=None):
    connection.request("POST" if body else "GET", path, body and json.dumps(body),
                       {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        sys.exit(f"{path} was answered with {response.status}: {content.decode()}")
    return content


def threads(process):
    """Of each thread: name, nanoseconds of CPU, and how often it went to sleep."""
    found = {}
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            busy = int((task / "schedstat").read_text().split()[0])
            sleeps = re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)",
                               (task / "status").read_text())
            found[task.name] = name, busy, int(sleeps[1])
        except FileNotFoundError:
            pass  # It ended while it was looked at.
    return found


def watch(process, seconds, title):
    """Prints what the threads do in so many seconds."""
    time.sleep(1)  # What the last request has left to tidy up is not idling.
    before, start = threads(process), time.monotonic()
    time.sleep(seconds)
    after, elapsed = threads(process), time.monotonic() - start
    rows = []
    for task, (name, busy, sleeps) in after.items():
        _, busy_before, sleeps_before = before.get(task, (name, 0, 0))
        rows.append((name, (busy - busy_before) / 1e7 / elapsed,
                     (sleeps - sleeps_before) / elapsed))
    total = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{title}: {total[0]:.3f} % of a core, {total[1]:.1f} wake-ups a second")
    for name, share, wakes in sorted(rows, key=lambda row: -row[1]):
        if share > 0 or wakes > 0:
            print(f"    {name:16} {share:7.3f} %  {wakes:6.1f}/s")


def main():
    arguments = parse_arguments()
    process, host, port = start(arguments)
    try:
        open_connections = [http.client.HTTPConnection(host, port)
                            for _ in range(max(1, arguments.connections))]
        keys = [model["model_key"] for model in json.loads(
            ask(open_connections[0], "/models/list"))["models"]]
        for number in range(arguments.requests):
            connection = open_connections[number % len(open_connections)]
            ask(connection, "/invocations",
                {"model_key": keys[number % len(keys)], "raw_text": f"How big is {number}?"})
        for connection in open_connections:
            connection.close()
        watch(process, arguments.seconds, "without connections")
        for connection in open_connections:
            ask(connection, "/ping")
        watch(process, arguments.seconds, f"with {len(open_connections)} silent connections")
    finally:
        process.terminate()
        process.wait()


main()
