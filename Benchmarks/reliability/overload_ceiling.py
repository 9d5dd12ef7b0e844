#!/usr/bin/env python3
"""How much of its peak a server keeps on this machine while another program does the refusing.

    python3 Benchmarks/reliability/overload_ceiling.py .build-release/release/server FOLDER

overload.py asks ten times as much as the server can do, and wants nine tenths of the peak all the same.
But the client and the refusals take time of the cores that make the replies. Here clients that wait
for each answer keep the server at its peak, and what is too much goes to nginx, which refuses it at once
and keeps no log: what the server still does is the most that a server could whose refusals cost as
little as nginx'. Rounds of it alternate with short rounds of overload.py. Goodput is given as a share
of the mean of the peaks before and after each, beside what the cores did. Prints one JSON object; there
is no bar. Needs nginx; Linux only.
"""

import argparse
import json
import pathlib
import selectors
import socket
import statistics
import subprocess
import tempfile
import time

from health_probe import Cores
from overload import Client, figures, good, peak
from running_server import RunningServer


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("checkpoint", help="a folder with a checkpoint")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=45, help="of each half of a round")
    parser.add_argument("--peak-seconds", type=float, default=20, help="of each look at the peak")
    parser.add_argument("--times", type=float, default=10, help="the peak")
    parser.add_argument("--clients", type=int, default=32, help="that wait for their answers")
    parser.add_argument("--connections", type=int, default=400)
    parser.add_argument("--deadline", type=float, default=60, help="seconds of each request")
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--weights", default="int8")
    parser.add_argument("--nginx", default="/usr/sbin/nginx")
    return parser.parse_args()


class Refuser:
    """nginx, answering every request with 503."""

    CONFIGURATION = """
        daemon off; master_process off; error_log error.log; pid nginx.pid;
        events { worker_connections 4096; }
        http {
            access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            server {
                listen 127.0.0.1:PORT;
                location / {
                    default_type application/json; add_header Retry-After 1 always;
                    return 503 '{"error":{"code":"overloaded"}}';
                }
            }
        }"""

    def __init__(self, program, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = free.getsockname()
        path = pathlib.Path(folder, "nginx.conf")
        path.write_text(self.CONFIGURATION.replace("PORT", str(self.address[1])))
        self.process = subprocess.Popen([program, "-p", folder, "-c", str(path), "-e", f"{folder}/error.log"])
        limit = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(self.address).close()
            except OSError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


class Excess(Client):
    """What is too much, sent elsewhere; the clients that wait live in the same loop."""

    def __init__(self, address, arguments, waiting):
        super().__init__(address, arguments)
        self.selector.register(waiting.selector, selectors.EVENT_READ, waiting)

    def take(self, exchange):
        if isinstance(exchange, Client):
            exchange.turn(0)
        else:
            super().take(exchange)

    def close(self, exchange):
        if isinstance(exchange, Client):
            self.selector.unregister(exchange.selector)
        else:
            super().close(exchange)


def beside_refusals(server, refuser, rate, arguments):
    """Goodput of the server at its peak, while `rate` requests a second are refused by another."""
    clients = Client(server.address, arguments)
    clients.connect(arguments.clients)
    excess = Excess(refuser.address, arguments, clients)
    excess.connect(arguments.connections)
    cores, refusing = Cores(server.process.pid), Cores(refuser.process.pid)
    clients.on_end = clients.send
    for _ in range(arguments.clients):
        clients.send()
    began, ended = excess.overload(rate, arguments.seconds)
    busy = cores.figures() | {"refuser": refusing.figures()["server"]}
    clients.wait()
    start = began + arguments.seconds / 10
    return good(clients.answers, start, ended, arguments) / (ended - start), busy, {
        "refused_per_second": excess.asked / (ended - began),
        "unanswered": clients.unanswered + excess.unanswered}


def overloaded(server, rate, arguments):
    """Goodput of the server when it refuses by itself."""
    client = Client(server.address, arguments)
    client.connect(arguments.connections)
    cores = Cores(server.process.pid)
    began, ended = client.overload(rate, arguments.seconds)
    busy = cores.figures()
    result = figures(client, 1, 1, began, ended, arguments)
    return result["goodput"], busy, {
        "refused_per_second": result["refused"] / (ended - began),
        "unanswered": client.unanswered}


def measure(server, refuser, arguments):
    rounds = []
    before = peak(server, arguments)[0]
    for number in range(arguments.rounds):
        halves = [("nginx", lambda: beside_refusals(
                       server, refuser, before * (arguments.times - 1), arguments)),
                  ("server", lambda: overloaded(server, before * arguments.times, arguments))]
        for name, half in halves[::-1] if number % 2 else halves:
            goodput, busy, rest = half()
            after = peak(server, arguments)[0]
            rounds.append({"refused_by": name, "goodput_of_peak": 2 * goodput / (before + after),
                           "peaks": [before, after], "cores_busy": busy, **rest})
            before = after
    return rounds


def main():
    arguments = parse_arguments()
    model = {"key": "a", "model_name": str(pathlib.Path(arguments.checkpoint).resolve()),
             "sanitizer": "none", "weights": arguments.weights}
    with tempfile.TemporaryDirectory() as folder, Refuser(arguments.nginx, folder) as refuser:
        with RunningServer(arguments.server, folder, {
                "models": [model], "cache_dir": "", "limits": {"idle_seconds": 3600}}) as server:
            rounds = measure(server, refuser, arguments)
    medians = {name: statistics.median(r["goodput_of_peak"] for r in rounds
                                       if r["refused_by"] == name)
               for name in ("nginx", "server")}
    print(json.dumps({"rounds": rounds, "median_goodput_of_peak": medians}, indent=2))


if __name__ == "__main__":
    main()
