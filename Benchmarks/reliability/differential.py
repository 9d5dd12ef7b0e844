#!/usr/bin/env python3
"""Sends mutated requests to dixie, and has two other parsers read those it accepts.

    pip install h11 httptools
    python3 Benchmarks/reliability/differential.py .build-release/release/server

What dixie answers as a request, h11 and httptools (llhttp) have to take for one, too, with the same
body and with as many requests on the connection; else a proxy and dixie could disagree about where a
request ends. What dixie refuses, the others may take. Each input has a connection of its own. Prints
one JSON object, and exits with 1 where a reading differs and no exception, listed below, is the
reason. The same seed makes the same inputs. Linux only: it uses all of 127.0.0.0/8.
"""

import argparse
import collections
import json
import multiprocessing
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

import h11
import httptools

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/Fuzzing"))
from make_seeds import FIXTURES, unescaped  # noqa: E402

END = b"\r\n\r\n"
GET = b"GET /health HTTP/1.1\r\nHost: localhost" + END
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5" + END + b"hello"
CHUNKED = (b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked" + END
           + b"5;a=b\r\nhello\r\n3\r\n\r\n!\r\n0\r\nA: b" + END)
# What parsers have disagreed about.
SHARP = [bytes([byte]) for byte in b"\r\n\t\0 :;,=\"%+-0159aAfFxX\x0b\x7f/*\x80\xc0\xff"] + [
    b"\r\n", b"\n\n", END, b"\r\n ", b"0x", b"+5", b"5 ", b"\r\nContent-Length: 5",
    b"\r\nContent-Length: 0", b"\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding: identity",
    b"\r\nConnection: close", b"\r\nConnection: keep-alive, x", b"\r\nConnection: upgrade",
    b"\r\nUpgrade: h2c", b"\r\nExpect: 100-continue", b"HTTP/1.0", b"HTTP/0.9", b"http://localhost/echo",
    b"0\r\n\r\n", b"\r\n0\r\n", b";a=\"b\\\"\"", b"00000000", b"Host", b"PUT", b"OPTIONS *", b" chunked"]


def exception(data, reader, complaint):
    """Why fewer requests are no difference; None where they are one.

    In each a peer stops reading between two requests, or refuses one whole, so that no other reading
    can come of it.
    """
    if reader == "h11" and complaint == "no request line received":
        return "an empty line before a request (RFC 9112, 2.2: SHOULD be ignored) is refused by h11"
    if reader == "h11" and complaint == "closed after HTTP/1.0":
        return "h11 keeps no connection of HTTP/1.0 open, whatever is asked for"
    if reader == "httptools" and complaint == "upgrade":
        return "httptools stops at Upgrade, which a server MAY ignore (RFC 9110, 7.8)"
    if (reader == "httptools" and "Request has invalid `Transfer-Encoding`" in complaint
            and re.search(rb"(?i)\r\ntransfer-encoding:[ \t]*chunked *\t", data)):
        return "a tab after \"chunked\" is white space (RFC 9110, 5.6.3), and httptools refuses it"
    return None


def h11_reading(data):
    """The bodies of the whole requests in `data`, and the complaint that ended the reading."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    bodies, body = [], b""
    try:
        connection.receive_data(data)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                body, request = b"", event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                bodies.append(body)
                # A success of CONNECT would end HTTP on the connection.
                status = 405 if request.method == b"CONNECT" else 200
                connection.send(h11.Response(status_code=status, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    closes = (b"connection", b"close") in request.headers
                    is_old = request.http_version == b"1.0" and not closes
                    return bodies, "closed after HTTP/1.0" if is_old else "closed"
                connection.start_next_cycle()
            else:
                return bodies, "incomplete"
    except h11.RemoteProtocolError as error:
        return bodies, str(error)


class Callbacks:
    def __init__(self):
        self.bodies = []

    def on_message_begin(self):
        self.body = b""

    def on_body(self, piece):
        self.body += piece

    def on_message_complete(self):
        self.bodies.append(self.body)


def httptools_reading(data):
    callbacks = Callbacks()
    parser = httptools.HttpRequestParser(callbacks)
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        return callbacks.bodies, "upgrade"
    except httptools.HttpParserError as error:
        return callbacks.bodies, f"{type(error).__name__}: {error}"
    return callbacks.bodies, "incomplete"


def answers(stream):
    """Status and echoed body of each final answer (None where nothing is echoed), and whether the
    last one closes the connection."""
    found, closes = [], False
    while stream:
        head, end, rest = stream.partition(END)
        if not end:
            raise ValueError("an answer was cut off")
        status = int(head[9:12])
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        count = int(length[1]) if length and status >= 200 else 0
        if status >= 200:
            is_echo = b"\r\ncontent-type: application/octet-stream" in head.lower()
            found.append((status, rest[:count] if is_echo else None))
            closes = b"\r\nconnection: close" in head.lower()
        stream = rest[count:]
    return found, closes


class Client:
    """One process's share of the inputs, over a few connections at once."""

    def __init__(self, address, seed, number, seeds):
        self.address = address
        self.random = random.Random(f"{seed}/{number}")
        self.number = number
        self.seeds = seeds
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.differences = []

    def mutated(self):
        choose = self.random
        data = b"".join(choose.choice(self.seeds) for _ in range(choose.choice((1, 1, 2, 3))))
        for _ in range(choose.choice((0, 1, 1, 1, 2, 3))):
            place = choose.randint(0, len(data))
            end = min(len(data), place + choose.randint(1, 12))
            kind = choose.randrange(5)
            if kind == 0:
                data = data[:place] + choose.choice(SHARP) + data[place:]
            elif kind == 1:
                data = data[:place] + data[end:]
            elif kind == 2:
                data = data[:end] + data[place:]
            elif kind == 3:
                data = data[:place] + choose.choice(SHARP) + data[end:]
            else:
                # At the end of a line, where fields begin.
                ends = [match.start() for match in re.finditer(b"\r\n", data)] or [0]
                place = choose.choice(ends)
                data = data[:place] + choose.choice(SHARP) + data[place:]
        return data

    def exchange(self, data, index):
        with socket.socket() as connection:
            connection.settimeout(60)
            # Addresses of its own, so that the ports of finished connections do not run out.
            connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
            connection.bind((f"127.{1 + self.number}.{index // 250 % 250}.{1 + index % 250}", 0))
            connection.connect(self.address)
            stream = b""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # Closed already, with its answer sent.
            try:
                while piece := connection.recv(65536):
                    stream += piece
            except ConnectionResetError:
                pass
            return stream

    def run(self, count):
        inputs = iter(range(count))

        def work():
            while True:
                with self.lock:
                    index = next(inputs, None)
                    if index is None:
                        return
                    data = self.mutated()
                try:
                    outcome, difference = self.compare(data, index)
                except Exception as error:  # Whatever it is, it is no answer.
                    outcome, difference = ["inputs", "failed"], (data, f"{type(error).__name__}: {error}")
                with self.lock:
                    self.counts.update(outcome)
                    if difference:
                        self.differences.append((repr(difference[0]), difference[1]))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.counts, self.differences

    def compare(self, data, index):
        found, closes = answers(self.exchange(data, index))
        accepted = 0
        # An answer that is no success may be a refusal, and what stands behind it is not read.
        while accepted < len(found) and found[accepted][0] == 200:
            accepted += 1
        whole = accepted == len(found)
        outcome = ["inputs", "accepted" if accepted else "refused"] + ["requests"] * accepted
        if not accepted:
            return outcome, None
        for name, reading in (("h11", h11_reading), ("httptools", httptools_reading)):
            bodies, complaint = reading(data)
            fault = self.fault(found[:accepted], whole, closes, bodies, complaint)
            if fault:
                reason = exception(data, name, complaint) if len(bodies) < accepted else None
                if not reason:
                    return outcome + ["different"], (data, f"{name}: {fault}")
                outcome.append(reason)
        return outcome, None

    @staticmethod
    def fault(found, whole, closes, bodies, complaint):
        if len(bodies) < len(found):
            return f"{len(found)} requests were answered, of which it reads {len(bodies)}: {complaint}"
        for (_, answer), body in zip(found, bodies):
            if answer is not None and answer != body:
                return f"a body is {body!r} and was taken for {answer!r}"
        if whole and not closes and len(bodies) > len(found):
            return f"{len(found)} requests were answered, of which it reads {len(bodies)}"
        return None


def share(job):
    address, seed, number, count, seeds = job
    return Client(address, seed, number, seeds).run(count)


def start(program, folder):
    path = pathlib.Path(folder) / "server_config.json"
    path.write_text(json.dumps(
        {"port": 0, "models": [], "limits": {"idle_seconds": 5, "header_seconds": 5}}))
    process = subprocess.Popen(
        [program, "--config_path", str(path), "--port", "0", "--test_echo"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        ready = re.search(r"Ready on http://([\d.]+):(\d+)", line)
        if ready:
            return process, (ready[1], int(ready[2]))
    sys.exit("the server ended before it was ready")


def seeds():
    """Whole requests, good and bad ones; of the bad ones the short."""
    cases = [json.loads(line) for line in (FIXTURES / "http/cases.jsonl").read_text().splitlines()]
    short = [raw for raw in (unescaped(case["raw"]) for case in cases) if len(raw) <= 400]
    # HEAD's answers have a length and no body.
    return [GET, POST, CHUNKED] * 20 + [raw for raw in short if b"HEAD" not in raw]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--count", type=int, default=100_000, help="inputs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1800, help="for all of it, then it fails")
    arguments = parser.parse_args()
    began = time.monotonic()
    counts, differences = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        process, address = start(arguments.server, folder)
        try:
            parts = arguments.processes
            jobs = [(address, arguments.seed, number, -(-arguments.count // parts), seeds())
                    for number in range(parts)]
            with multiprocessing.get_context("spawn").Pool(parts) as pool:
                for count, found in pool.map_async(share, jobs).get(arguments.seconds):
                    counts += count
                    differences += found
            alive = process.poll() is None
        finally:
            process.kill()
            process.wait()
    known = {"inputs", "accepted", "refused", "requests", "different", "failed"}
    passed = (not differences and alive and counts["inputs"] >= arguments.count
              and counts["accepted"] > counts["inputs"] // 10)
    print(json.dumps({
        "inputs": counts["inputs"], "accepted": counts["accepted"], "refused": counts["refused"],
        "requests_answered": counts["requests"], "seconds": round(time.monotonic() - began, 1),
        "exceptions": {name: count for name, count in counts.items() if name not in known},
        "differences": len(differences), "first_differences": differences[:20],
        "seed": arguments.seed, "server_alive": alive, "passed": passed,
    }, indent=2))
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
