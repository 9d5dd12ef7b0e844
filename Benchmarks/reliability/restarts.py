#!/usr/bin/env python3
"""Starts the server again and again: how soon it is ready, and whether its port is free after a kill.

    python3 Benchmarks/reliability/restarts.py .build-release/release/server FOLDER

FOLDER is a checkpoint of the size to be judged, such as 124M. The first start prepares its weights;
then come `--restarts` in peace and as many after `kill -9` under load, always on the same port.
Bars: ready within `--ready` seconds each time, and the port bound at the first try each time. A reply
must be the same after each start. Prints one JSON object, exits with 1 where a bar fails. Linux only.
"""

import argparse
import http.client
import json
import pathlib
import socket
import statistics
import tempfile
import threading
import time

from figures import report
from running_server import RunningServer

BODY = {"model_key": "a", "raw_text": "The port was open again", "length": 8, "temperature": 0,
        "format": "json"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("checkpoint", help="a folder with a checkpoint")
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--weights", default="int8")
    parser.add_argument("--ready", type=float, default=2.0, help="seconds until it must be ready")
    return parser.parse_args()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Load:
    """Clients that stream long replies until the server is gone."""

    def __init__(self, address, count):
        self.address = address
        self.streaming = 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.stream, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def stream(self):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            connection.request("POST", "/invocations",
                               json.dumps(BODY | {"length": 500, "stream": True}),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read(1)
            with self.lock:
                self.streaming += 1
            response.read()
        except (OSError, http.client.HTTPException):
            pass  # It was killed, as it should be.
        finally:
            connection.close()

    def wait(self):
        limit = time.monotonic() + 60
        while self.streaming < len(self.threads) and time.monotonic() < limit:
            time.sleep(0.02)

    def end(self):
        for thread in self.threads:
            thread.join(60)


class Starts:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = pathlib.Path(folder)
        self.configuration = {
            "port": free_port(), "cache_dir": "cache",
            "models": [{"key": "a", "model_name": arguments.checkpoint, "sanitizer": "none",
                        "weights": arguments.weights}]}
        self.reply = None
        self.faults = []

    def start(self):
        """The server and the seconds until it said that it is ready and until its first reply."""
        began = time.monotonic()
        server = RunningServer(self.arguments.server, self.folder, self.configuration)
        ready = time.monotonic() - began
        status, content = server.post("/invocations", BODY)
        replied = time.monotonic() - began
        if server.address[1] != self.configuration["port"]:
            self.faults.append("another port")
        reply = json.loads(content).get("text") if status == 200 else f"status {status}"
        self.reply = self.reply or reply
        if reply != self.reply:
            self.faults.append(f"another reply: {reply}")
        return server, ready, replied

    def measure(self, is_killed):
        times = []
        for _ in range(self.arguments.restarts):
            server = None
            if is_killed:
                server, *_ = self.start()
                load = Load(server.address, self.arguments.clients)
                load.wait()
                if load.streaming < self.arguments.clients:
                    self.faults.append("not under load when it was killed")
                server.process.kill()
                server.process.wait()
            try:
                server, ready, replied = self.start()
            except SystemExit as end:
                self.faults.append(str(end)[-500:])
                continue
            times.append((ready, replied))
            if is_killed:
                load.end()
            if status := server.end():
                self.faults.append(f"exit status {status}")
        return {"starts": len(times), "ready_seconds": statistics.median(t[0] for t in times),
                "longest_ready_seconds": max(t[0] for t in times),
                "longest_first_reply_seconds": max(t[1] for t in times)}


def main():
    arguments = parse_arguments()
    arguments.checkpoint = str(pathlib.Path(arguments.checkpoint).resolve())
    with tempfile.TemporaryDirectory() as folder:
        starts = Starts(arguments, folder)
        server, unprepared, _ = starts.start()
        # The prepared weights are written behind the first replies.
        limit = time.monotonic() + 60
        while not any((starts.folder / "cache").rglob("*")) and time.monotonic() < limit:
            time.sleep(0.2)
        time.sleep(2)
        server.end()
        peaceful, killed = starts.measure(False), starts.measure(True)
        log = (starts.folder / "server.log").read_text()
    prepared = sum(" loaded" in line and "prepared=true" in line for line in log.splitlines())
    result = {
        "first_ready_seconds": unprepared, "prepared_loads": prepared,
        "in_peace": peaceful, "after_kill": killed, "faults": len(starts.faults),
        "first_faults": starts.faults[:3],
        "passed": not starts.faults and peaceful["starts"] == killed["starts"]
        == arguments.restarts and prepared == 3 * arguments.restarts and all(
            part["longest_ready_seconds"] <= arguments.ready for part in (peaceful, killed))}
    report(result)


if __name__ == "__main__":
    main()
