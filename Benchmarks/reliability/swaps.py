#!/usr/bin/env python3
"""Swaps a model again and again while clients stream from it, and looks at every reply.

    python3 Benchmarks/reliability/swaps.py .build-release/release/server FOLDER_A FOLDER_B

Each of 16 clients asks again and again for a reply of the likeliest tokens, every other one as it is
made; one in ten hangs up on the way. Each reply must be, to the byte, what the one or the other
checkpoint says by itself, under that one's version. Prints one JSON object, and exits with 1 where a
request failed, a reply is mixed, or memory, files or threads have grown. Linux only: it reads /proc.
"""

import argparse
import concurrent.futures
import http.client
import json
import pathlib
import random
import statistics
import sys
import tempfile
import threading
import time

from figures import report
from running_server import RunningServer

PROMPTS = [f"{number} stories were told that evening" for number in range(1, 9)]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("folders", nargs=2, help="two checkpoints of one model")
    parser.add_argument("--swaps", type=int, default=500)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=24)
    parser.add_argument("--weights", default="int8")
    parser.add_argument("--pause", type=float, default=1, help="seconds between two swaps")
    return parser.parse_args()


def start(arguments, folder):
    model = {"key": "a", "model_name": arguments.folders[0], "sanitizer": "none",
             "weights": arguments.weights}
    return RunningServer(
        arguments.server, folder, {"models": [model], "model_roots": arguments.folders})


def swap(server, folder):
    """Swaps, and says which version is served from now on."""
    status, content = server.post("/admin/models/a/swap", {"restore_from": folder})
    if status != 200:
        sys.exit(f"a swap was answered with {status}: {content.decode()}")
    return json.loads(content)["model_version"]


def request(prompt, tokens, **more):
    return {"model_key": "a", "raw_text": prompt, "length": tokens, "temperature": 0,
            "format": "json", **more}


class Clients:
    """Ask until they are told to stop; what they saw is in their fields."""

    def __init__(self, server, expected, arguments):
        self.server = server
        self.expected = expected
        self.arguments = arguments
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.swapping = False
        self.replies = 0
        self.hung_up = 0
        self.failures = []
        self.times = {False: [], True: []}

    def run(self, number):
        choose = random.Random(number)
        while not self.stopping.is_set():
            began, swapping = time.monotonic(), self.swapping
            try:
                whole = self.ask(choose.choice(PROMPTS), choose)
            except Exception as error:  # Whatever it is, a request has failed.
                whole = None
                with self.lock:
                    self.failures.append(f"{type(error).__name__}: {error}")
            with self.lock:
                if whole:
                    self.replies += 1
                    self.times[swapping].append(time.monotonic() - began)
                elif whole is False:
                    self.hung_up += 1

    def ask(self, prompt, choose):
        stream = choose.random() < 0.5
        hangs_up = choose.random() < 0.1
        connection = http.client.HTTPConnection(*self.server.address, timeout=120)
        try:
            connection.request(
                "POST", "/invocations",
                json.dumps(request(prompt, self.arguments.tokens, stream=stream)),
                {"Content-Type": "application/json"})
            if hangs_up and not stream:
                return False
            response = connection.getresponse()
            if response.status != 200:
                raise ValueError(f"status {response.status}: {response.read()[:200]}")
            if hangs_up:
                response.read(40)
                return False
            content = response.read()
        finally:
            connection.close()
        text, version = self.streamed(content) if stream else self.whole(content)
        if self.expected[version][prompt] != text:
            raise ValueError(f"a reply of version {version} is not what that says by itself")
        return True

    @staticmethod
    def whole(content):
        reply = json.loads(content)
        return reply["text"], reply["model_version"]

    @staticmethod
    def streamed(content):
        events = [line[6:] for line in content.decode().split("\n") if line.startswith("data: ")]
        pieces = [json.loads(event) for event in events if event != "[DONE]"]
        version = next(p["model_version"] for p in reversed(pieces) if "model_version" in p)
        return "".join(p.get("text", "") for p in pieces), version


def main():
    arguments = parse_arguments()
    arguments.folders = [str(pathlib.Path(folder).resolve()) for folder in arguments.folders]
    with tempfile.TemporaryDirectory() as folder, start(arguments, folder) as server:
        result = measure(server, arguments)
    report(result)


def measure(server, arguments):
    expected = {}
    for folder in arguments.folders + arguments.folders[:1]:
        version = swap(server, folder)
        expected[version] = {
            prompt: json.loads(server.post("/invocations", request(prompt, arguments.tokens))[1])
            ["text"] for prompt in PROMPTS}
    clients = Clients(server, expected, arguments)
    swap_times = []
    with concurrent.futures.ThreadPoolExecutor(arguments.clients) as threads:
        for number in range(arguments.clients):
            threads.submit(clients.run, number)
        before = None
        for number in range(arguments.swaps):
            # Windows with swaps and without, in turn.
            if number % 50 == 0:
                clients.swapping = False
                time.sleep(5)
                clients.swapping = True
            began = time.monotonic()
            swap(server, arguments.folders[(number + 1) % 2])
            swap_times.append(time.monotonic() - began)
            time.sleep(arguments.pause)
            if number == min(20, arguments.swaps - 1):
                before = server.state()
        clients.stopping.set()
    time.sleep(2)
    after = server.state()
    quiet, busy = (statistics.median(clients.times[swapping]) for swapping in (False, True))
    growth = after[0] / before[0]
    # Connections that are being closed count as files for a moment.
    is_flat = after[1] <= before[1] and after[2] <= before[2] + 4
    return {
        "swaps": len(swap_times), "swap_seconds": statistics.median(swap_times),
        "longest_swap_seconds": max(swap_times), "replies": clients.replies,
        "hung_up": clients.hung_up, "failures": len(clients.failures),
        "first_failures": clients.failures[:3], "versions": list(expected),
        "reply_seconds_without_swaps": quiet, "reply_seconds_with_swaps": busy,
        "slower_by": busy / quiet, "resident_bytes": [before[0], after[0]],
        "files": [before[1], after[1]], "threads": [before[2], after[2]],
        "passed": not clients.failures and len(expected) == 2 and growth <= 1.05
        and is_flat and busy / quiet <= 1.2,
    }


if __name__ == "__main__":
    main()
