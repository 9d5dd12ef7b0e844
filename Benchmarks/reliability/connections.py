#!/usr/bin/env python3
"""Holds, breaks and starves connections of a server, and looks whether others are still served.

    connections.py SERVER MODEL [--only NAME …] [--certificate PEM --key PEM]

SERVER is a release build, MODEL a checkpoint's folder (a tiny one will do). Needs Debian's
slowhttptest, and prlimit of util-linux. Each part starts a server of its own:

  slow      slowhttptest's slow heads, slow bodies and slow reading, 1,000 connections each, while
            GET /health is asked every 50 ms
  connects  10,000 connections in a minute, every second one reset in the middle of its request
  files     500 connections at a server that may open 128 files, and its processor time meanwhile
  idle      1,000 connections that stay open: memory of each, plain and, with a certificate, TLS
  hostile   endless lines, heads, trailers and chunks: memory and processor time of each, and
            whether twice as much takes twice as long

Prints one JSON object, and exits with 1 where a bar is missed. Linux only: it reads /proc.
"""

import argparse
import pathlib
import random
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

from figures import report_parts
from health_probe import HealthProbe
from running_server import RunningServer

HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
KEPT = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("model", help="a checkpoint's folder")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--certificate", help="a chain in PEM, for the parts with TLS")
    parser.add_argument("--key", help="its private key")
    return parser.parse_args()


def start(arguments, folder, limits=None, command=None, **more):
    model = {"key": "a", "model_name": str(pathlib.Path(arguments.model).resolve())}
    configuration = {"models": [model], "limits": limits or {}} | more
    return RunningServer(command or arguments.server, folder, configuration)


def resident(pid):
    """Bytes of memory, without what files lend."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise ValueError("smaps_rollup has no Anonymous")


def wait_until(condition, seconds):
    """Seconds until the condition held; None where it did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.05)
    return None


# MARK: slow

def slow(arguments):
    """R4: with a thousand slow clients, others are served as before, and each slow one is cut off."""
    program = shutil.which("slowhttptest") or sys.exit("slowhttptest is missing: apt-get install it")
    # Options, path, and the deadline that ends it: for a head, for a body that comes in at less than
    # its rate, and for a client that takes nothing.
    kinds = {
        "heads": (["-H", "-i", "3", "-t", "GET"], "/health", 10),
        "bodies": (["-B", "-i", "3", "-s", "8192", "-t", "POST"], "/echo", 5),
        "reading": (["-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"],
                    "/models/list", 30),
    }
    results = {}
    # So many that their list does not fit into what the system takes for a client.
    path = str(pathlib.Path(arguments.model).resolve())
    models = [{"key": f"model-{number}", "model_name": path, "preload": False}
              for number in range(400)]
    for name, (options, target, deadline) in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            # The connections of the slow ones, and some more for those who ask in between.
            with start(arguments, folder, {"connections": 1200},
                       [arguments.server, "--test_echo"], models=models) as server:
                before = server.state()
                host, port = server.address
                began = time.monotonic()
                attack = subprocess.Popen(
                    [program, "-c", "1000", "-r", "200", "-l", "60", "-p", "3", *options,
                     "-u", f"http://{host}:{port}{target}"],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                most = 0
                gone = None
                with HealthProbe(server.address, every=0.05) as probe:
                    while attack.poll() is None and time.monotonic() - began < 90:
                        time.sleep(0.2)
                        count = server.state()[1] - before[1]
                        most = max(most, count)
                        if most > 300 and count < 5 and gone is None:
                            gone = time.monotonic() - began
                attack.terminate()
                lines = attack.communicate(timeout=20)[0].splitlines()
                available = [line for line in lines if "service available" in line]
                after = server.state()
                result = probe.figures() | {
                    "most_connections": most, "seconds_until_all_are_gone": gone,
                    "threads": [before[2], after[2]], "resident_bytes": [before[0], after[0]],
                    "service_available": bool(available) and "YES" in available[-1]}
                # They connect for five seconds.
                result["passed"] = (
                    result["probes"] > 0 and not probe.failures and result["p99_ms"] < 50 and result["service_available"]
                    and gone is not None and gone <= 5 + deadline + 2 and server.is_running)
                results[name] = result
    return results | {"passed": all(r["passed"] for r in results.values())}


# MARK: connects

def connects(arguments, count=10_000, seconds=60):
    """R5: files and threads are back within seconds."""
    choose = random.Random(1)
    reset = struct.pack("ii", 1, 0)
    with tempfile.TemporaryDirectory() as folder, start(arguments, folder) as server:
        before = server.state()
        failures = 0
        began = time.monotonic()
        with HealthProbe(server.address, every=0.05) as probe:
            for number in range(count):
                try:
                    connection = socket.create_connection(server.address, timeout=10)
                    with connection:
                        if number % 2:
                            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                            connection.sendall(KEPT[:choose.randrange(1, len(KEPT))])
                        else:
                            connection.sendall(HEALTH)
                            if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                                failures += 1
                except OSError:
                    failures += 1
                # Spread over the minute, or slower where the machine is.
                ahead = began + (number + 1) * seconds / count - time.monotonic()
                if ahead > 0.01:
                    time.sleep(ahead)
        took = time.monotonic() - began
        settled = wait_until(
            lambda: server.state()[1] <= before[1] + 2 and server.state()[2] <= before[2] + 4, 30)
        after = server.state()
        result = {"connections": count, "seconds": took, "failures": failures,
                  "seconds_until_back": settled, "files": [before[1], after[1]],
                  "threads": [before[2], after[2]], "resident_bytes": [before[0], after[0]],
                  "probe": probe.figures(), "is_running": server.is_running}
        result["passed"] = (server.is_running and failures == 0 and settled is not None
                            and settled <= 5 and not probe.failures)
        return result


# MARK: files

def files(arguments):
    """R6: a server that has no files left stays, rests, and serves again."""
    results = {}
    for name in ("its limit", "a lower limit", "EMFILE", "ENFILE"):
        if name.startswith("E") and not shutil.which("strace"):
            continue
        # With the first it knows how few there are, and keeps some; the others come as a surprise.
        command = ["prlimit", "--nofile=128:128"] if name == "its limit" else []
        with tempfile.TemporaryDirectory() as folder:
            with start(arguments, folder, command=[*command, arguments.server]) as server:
                release = take_files(server, name)
                held = [connect_quietly(server.address) for _ in range(500)]
                cpu, began = server.processor_seconds(), time.monotonic()
                time.sleep(3)
                busy = (server.processor_seconds() - cpu) / (time.monotonic() - began)
                release()
                for connection in held:
                    connection.close()
                back = wait_until(lambda: is_healthy(server.address), 20)
                results[name] = {
                    "is_running": server.is_running, "processor_share": busy,
                    "seconds_until_served": back,
                    "passed": server.is_running and busy < 0.2 and back is not None and back <= 2}
    return results | {"passed": all(r["passed"] for r in results.values())}


def take_files(server, name):
    """Makes files scarce; what it returns ends that."""
    pid = str(server.process.pid)
    if name == "its limit":
        return lambda: None
    if name == "a lower limit":
        room = server.state()[1] + 20
        subprocess.run(["prlimit", "--pid", pid, f"--nofile={room}:"], check=True)
        return lambda: subprocess.run(["prlimit", "--pid", pid, "--nofile=4096:"], check=True)
    strace = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject=accept4:error={name}", "-p", pid])
    time.sleep(1)

    def release():
        strace.send_signal(signal.SIGINT)
        strace.wait(20)
    return release


def connect_quietly(address):
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(address)
    return connection


def is_healthy(address):
    try:
        with socket.create_connection(address, timeout=2) as connection:
            connection.sendall(HEALTH)
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


# MARK: idle

def idle(arguments, count=1000):
    """R7: what an open connection costs while nothing comes."""
    results = {}
    kinds = {"plain": 16}
    if arguments.certificate:
        kinds["tls"] = 48
    for kind, bar in kinds.items():
        more = {}
        if kind == "tls":
            port = free_port()
            certificate = {"certificate": str(pathlib.Path(arguments.certificate).resolve()),
                           "key": str(pathlib.Path(arguments.key).resolve())}
            more["tls"] = {"port": port, "certificates": [certificate]}
        with tempfile.TemporaryDirectory() as folder:
            with start(arguments, folder, {"connections": 1200}, **more) as server:
                address = ("127.0.0.1", port) if kind == "tls" else server.address
                # The first ones pay for what all share.
                held = [open_kept(address, kind) for _ in range(50)]
                before = resident(server.process.pid)
                held += [open_kept(address, kind) for _ in range(count)]
                time.sleep(1)
                each = (resident(server.process.pid) - before) / count / 1024
                cpu = server.processor_seconds()
                time.sleep(5)
                busy = (server.processor_seconds() - cpu) / 5
                for connection in held:
                    connection.close()
                results[kind] = {"connections": count, "kib_each": each, "processor_share_idle": busy,
                                 "passed": each <= bar and busy < 0.02}
    return results | {"passed": all(r["passed"] for r in results.values())}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_kept(address, kind):
    connection = socket.create_connection(address, timeout=10)
    if kind == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = context.wrap_socket(connection)
    connection.sendall(KEPT)
    if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
        sys.exit("an idle connection was not served")
    return connection


# MARK: hostile

def hostile(arguments):
    """R8: what never ends is cut off early and cheaply."""
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"5\r\nhello\r\n"
    shapes = {
        "a line of %d bytes": lambda n: b"GET /" + b"a" * n,
        "a head of %d bytes": lambda n: b"GET /health HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * (n // 6),
        "trailers of %d bytes": lambda n: head + body + b"0\r\n" + b"X: y\r\n" * (n // 6),
        "extensions of %d bytes": lambda n: head + b"1;" + b"a" * n,
        "one-byte chunks of %d bytes": lambda n: head + b"1\r\nx\r\n" * (n // 6) + b"0\r\n\r\n",
        "%d bytes of small requests": lambda n: KEPT * (n // len(KEPT)),
    }
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        with start(arguments, folder, command=[arguments.server, "--test_echo"]) as server:
            pid = server.process.pid
            for name, make in shapes.items():
                send_all(server.address, make(100_000))
                costs = []
                before = resident(pid)
                for size in (600_000, 1_200_000):
                    times = []
                    for _ in range(5):
                        cpu = server.processor_seconds()
                        for _ in range(10):
                            send_all(server.address, make(size))
                        times.append((server.processor_seconds() - cpu) / 10)
                    costs.append(sorted(times)[2])
                growth = (resident(pid) - before) >> 20
                results[name % 1_200_000] = {
                    "processor_ms": [round(1000 * cost, 1) for cost in costs], "grown_mib": growth,
                    # Clock ticks are 10 ms: ten at a time make them one.
                    "passed": growth <= 8 and costs[1] <= min(0.1, 2.2 * costs[0] + 0.002)
                    and is_healthy(server.address)}
    return results | {"passed": all(r["passed"] for r in results.values())}


def send_all(address, content):
    """Sends what the server takes and reads what it says, until it closes or is done."""
    with socket.create_connection(address, timeout=5) as connection:
        sender = threading.Thread(target=send_quietly, args=(connection, content))
        sender.start()
        try:
            while connection.recv(1 << 16):
                pass
        except OSError:
            pass
        sender.join()


def send_quietly(connection, content):
    try:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass


PARTS = {"slow": slow, "connects": connects, "files": files, "idle": idle, "hostile": hostile}


def main():
    arguments = parse_arguments()
    report_parts(PARTS, arguments.only, arguments)


if __name__ == "__main__":
    main()
