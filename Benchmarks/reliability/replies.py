#!/usr/bin/env python3
"""Leaves, reads slowly and stops in the middle of replies, and looks what becomes of the others.

    replies.py SERVER FOLDER [--disconnects 1000] [--only NAME …]

SERVER is a release build, FOLDER a checkpoint of real size, such as 124M, so that a reply takes
seconds. Each part starts a server of its own:

  disconnects  clients go away in the middle of a reply, half of them from streams, while all sixteen
               slots are taken: how soon the next request begins
  slow_reader  a client that reads nothing of a long stream: what it costs in memory and the others in
               speed, and when it is cut off
  drain        SIGTERM while sixteen replies are streamed: whether each is whole

Prints one JSON object, and exits with 1 where a bar is missed. Linux only: it reads /proc.
"""

import argparse
import json
import pathlib
import random
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time

from figures import percentile, report_parts
from running_server import RunningServer

SLOTS = 16
READERS = 8
WRITE_SECONDS = 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("folder", help="a checkpoint of real size")
    parser.add_argument("--disconnects", type=int, default=1000)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def start(arguments, folder, **limits):
    model = {"key": "a", "model_name": str(pathlib.Path(arguments.folder).resolve()),
             "weights": "int8", "sanitizer": "none"}
    return RunningServer(arguments.server, folder, {"models": [model], "limits": limits})


def invocation(length, stream, seed, temperature=1):
    body = json.dumps({"model_key": "a", "raw_text": f"{seed} bottles stood", "length": length,
                       "stream": stream, "format": "json", "seed": seed,
                       "temperature": temperature}).encode()
    return (b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)) + body


def completion(length, seed):
    body = json.dumps({"model": "a", "prompt": f"{seed} bottles stood", "max_tokens": length,
                       "stream": True, "seed": seed, "temperature": 1}).encode()
    return (b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)) + body


def ask(address, content, receive_buffer=None):
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(120)
    connection.connect(address)
    connection.sendall(content)
    return connection


def read_all(connection):
    pieces = []
    with connection:
        while piece := connection.recv(1 << 16):
            pieces.append(piece)
    return b"".join(pieces)


# MARK: disconnects

def disconnects(arguments):
    """R11: the slot of a client that has gone is free within 100 ms.

    All slots are taken by long replies. One client after the other goes, and at that moment another
    waits in the queue: its first token comes when the slot is free and its own prompt has been read,
    so that the time that takes with a slot free is subtracted, by its median.
    """
    choose = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, start(arguments, folder) as server:
        def occupy(seed, stream=True):
            connection = ask(server.address, invocation(900, stream, seed))
            return connection, stream

        def first_token(connection):
            # The head comes with the first token.
            data = connection.recv(1)
            if not data:
                sys.exit("a waiting request was not answered")

        def take_all(first_seed):
            held = [occupy(first_seed + number) for number in range(SLOTS - 1)]
            for connection, _ in held:
                first_token(connection)
            return held

        # With a slot free.
        free = []
        held = take_all(10)
        for number in range(20):
            began = time.monotonic()
            connection, _ = occupy(100 + number)
            first_token(connection)
            free.append(time.monotonic() - began)
            connection.close()
            time.sleep(0.3)
        baseline = statistics.median(free)
        before = None
        waits = {True: [], False: []}
        leaver, leaver_streams = occupy(50)
        first_token(leaver)
        for number in range(arguments.disconnects):
            # All are taken; this one waits. Long replies end by themselves: such rounds do not count.
            waiting, _ = occupy(1000 + number)
            time.sleep(0.03)
            began = time.monotonic()
            leaver.close()
            first_token(waiting)
            waits[leaver_streams].append(max(0, time.monotonic() - began - baseline))
            # The next to leave: a stream that is under way, or a whole reply that has just begun.
            if choose.random() < 0.5:
                leaver, leaver_streams = waiting, True
            else:
                waiting.close()
                leaver, leaver_streams = occupy(5000 + number, stream=False)
                # It has the slot once a pass or two have gone by.
                time.sleep(0.3)
            if number % 100 == 0:
                for connection, _ in held:
                    connection.close()
                held = take_all(20_000 + number)
            if number == min(100, arguments.disconnects // 2):
                before = server.state()
        for connection, _ in held:
            connection.close()
        leaver.close()
        time.sleep(1)
        after = server.state()
        both = waits[True] + waits[False]
        result = {
            "disconnects": len(both), "first_token_ms_with_a_slot_free": 1000 * baseline,
            "slot_free_after_ms": {
                "median": 1000 * statistics.median(both), "p99": 1000 * percentile(both, 0.99),
                "p99_of_streams": 1000 * percentile(waits[True], 0.99),
                "p99_of_whole_replies": 1000 * percentile(waits[False], 0.99)},
            "resident_bytes": [before[0], after[0]], "files": [before[1], after[1]],
            "threads": [before[2], after[2]]}
        result["passed"] = (
            result["slot_free_after_ms"]["p99"] <= 100 and server.is_running
            and after[1] <= before[1] and after[0] <= 1.05 * before[0])
        return result


# MARK: slow_reader

def slow_reader(arguments):
    """R9: one who reads nothing costs little, and is cut off in time."""
    # A stream in OpenAI's form is some hundred kilobytes long, which the default of 256 KB would keep.
    with tempfile.TemporaryDirectory() as folder, start(
            arguments, folder, write_high_bytes="8KB", write_low_bytes="4KB",
            write_seconds=WRITE_SECONDS) as server:
        def speed():
            began, count = time.monotonic(), 0
            with ask(server.address, invocation(300, True, 7)) as connection:
                while piece := connection.recv(1 << 16):
                    count += piece.count(b"data: ")
            return count / (time.monotonic() - began)

        speed()
        alone = statistics.median(speed() for _ in range(3))
        began = time.monotonic()
        slow = [ask(server.address, completion(1000, seed), receive_buffer=2048)
                for seed in range(READERS)]
        # What they can take of their replies is made in a few seconds; then nothing is.
        time.sleep(10)
        cpu = server.processor_seconds()
        time.sleep(1)
        idle = server.processor_seconds() - cpu
        in_kernel = unsent_bytes(server.address[1])
        beside = statistics.median(speed() for _ in range(3))
        cut = 0
        while cut < READERS and time.monotonic() - began < 120:
            time.sleep(0.2)
            cut = server.log_path.read_text().count("cut=true")
        took = time.monotonic() - began
        for connection in slow:
            connection.close()
        result = {
            "readers": READERS, "cut_off": cut, "seconds_until_all_are_cut_off": took,
            "processor_share_while_they_wait": idle,
            "tokens_per_second": {"alone": alone, "beside_them": beside},
            "most_bytes_in_the_kernel": max(in_kernel, default=0)}
        result["passed"] = (cut == READERS and took <= WRITE_SECONDS + 12 and idle < 0.1
                            and beside >= 0.9 * alone
                            and result["most_bytes_in_the_kernel"] <= 512 << 10)
        return result


def unsent_bytes(port):
    """What waits in the kernel for each client of a port."""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[4].split(":")[0], 16) for row in rows
            if int(row[1].split(":")[1], 16) == port and row[3] == "01"]


# MARK: drain

def drain(arguments):
    """R12: who is being answered gets the whole answer; nobody else gets in."""
    with tempfile.TemporaryDirectory() as folder, start(arguments, folder) as server:
        replies = {}

        def stream(seed):
            replies[seed] = read_all(ask(server.address, invocation(200, True, seed)))

        threads = [threading.Thread(target=stream, args=(seed,)) for seed in range(SLOTS)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        idle = socket.create_connection(server.address, timeout=10)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        refused = None
        while time.monotonic() - began < 5 and refused is None:
            try:
                socket.create_connection(server.address, timeout=1).close()
                time.sleep(0.005)
            except OSError:
                refused = time.monotonic() - began
        idle_closed = idle.recv(1) == b""
        for thread in threads:
            thread.join()
        status = server.process.wait(60)
        took = time.monotonic() - began
        whole = sum(reply.startswith(b"HTTP/1.1 200") and b"[DONE]" in reply
                    and reply.endswith(b"0\r\n\r\n") for reply in replies.values())
        return {"streams": SLOTS, "whole": whole, "exit_status": status, "seconds": took,
                "refused_after_ms": 1000 * refused if refused else None, "idle_closed": idle_closed,
                "passed": whole == SLOTS and status == 0 and took <= 30 and refused is not None
                and refused <= 0.1 and idle_closed}


PARTS = {"disconnects": disconnects, "slow_reader": slow_reader, "drain": drain}


def main():
    arguments = parse_arguments()
    report_parts(PARTS, arguments.only, arguments)


if __name__ == "__main__":
    main()
