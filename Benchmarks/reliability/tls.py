#!/usr/bin/env python3
"""Looks at a server's HTTPS: what it agrees to, new certificates under load, and handshakes that stall.

    python3 -m venv .venv && .venv/bin/pip install sslyze==6.3.1
    python3 Benchmarks/reliability/tls.py .build-release/release/server --sslyze .venv/bin/sslyze

- sslyze holds the port to Mozilla's intermediate configuration, and testssl.sh (where it is installed;
  3.0.8) finds nothing of medium severity or more. What they find about the certificate itself, which is
  the tests' own, is listed and does not count: EXCEPTED has the names.
- TLS 1.0 and 1.1 are refused, and so is who speaks HTTP/2 only. A request in records of one byte each is
  answered as a plain one is.
- A hundred new certificates, by SIGHUP and by `/admin/reload` in turn, while three clients make handshakes
  and ten connections stay open: nothing fails, and each certificate is seen. Bad ones change nothing.
- 500 handshakes that stall, in four ways, from a hundred addresses: all closed within 12 s, `/health` under
  50 ms in 99 of 100 times, and honest handshakes succeed all the while. `quiet` is what `/health` takes
  before, which tells how busy the machine is with other things.

Prints one JSON object, and exits with 1 where a bar failed. Takes about three minutes. Linux only: it
reads /proc.
"""

import argparse
import json
import multiprocessing
import pathlib
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import warnings

from clients import (FIXTURES, HEALTH, Wire, certificate, fingerprint, model, secure_address,
                     trusting_context)
from figures import percentile, report
from health_probe import HealthProbe, probe_for
from running_server import RunningServer

# Findings that only concern the certificate of the tests, which signs itself and lasts a century.
EXCEPTED = {
    "certificate_path_validation", "maximum_certificate_lifespan",
    "cert_chain_of_trust", "cert_validityPeriod", "cert_revocation",
}
SEVERE = {"MEDIUM", "HIGH", "CRITICAL", "FATAL"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--sslyze", default=shutil.which("sslyze"), help="where sslyze is")
    parser.add_argument("--testssl", default=shutil.which("testssl") or shutil.which("testssl.sh"),
                        help="where testssl.sh is")
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--stalled", type=int, default=500)
    return parser.parse_args()


def sslyze(program, address):
    """Whether it is Mozilla's intermediate configuration."""
    if not program:
        return {"passed": False, "missing": "sslyze is not installed; see --sslyze"}
    run = subprocess.run(
        [program, "--mozilla_config=intermediate", f"{address[0]}:{address[1]}"],
        capture_output=True, text=True, timeout=180)
    verdict = run.stdout[run.stdout.find("COMPLIANCE AGAINST"):]
    findings = [line.strip(" *") for line in verdict.splitlines() if line.strip().startswith("* ")]
    counted = [finding for finding in findings if finding.split(":")[0] not in EXCEPTED]
    ended = "SCANS COMPLETED" in run.stdout and f"{address[1]}:" in verdict
    return {"excepted": [each for each in findings if each not in counted], "findings": counted,
            "passed": ended and not counted}


def testssl(program, address, folder):
    """Everything but the simulated browsers, which say nothing of a server's faults."""
    if not program:
        return {"passed": True, "missing": "testssl.sh is not installed"}
    path = pathlib.Path(folder) / "testssl.json"
    subprocess.run(
        [program, "--quiet", "--color", "0", "--warnings", "off", "-p", "-s", "-f", "-S", "-P", "-h",
         "-U", "--jsonfile", str(path), f"{address[0]}:{address[1]}"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=400)
    rows = json.loads(path.read_text())
    found = [row for row in rows if row["severity"] in SEVERE]
    counted = [row for row in found if row["id"].split(" ")[0] not in EXCEPTED]
    problems = [row for row in rows if row["id"] == "scanProblem"]

    def said(row):
        return f"{row['severity']} {row['id']}: {row['finding']}"

    return {"checks": len(rows), "excepted": [said(row) for row in found if row not in counted],
            "findings": [said(row) for row in counted], "problems": [said(row) for row in problems],
            "passed": len(rows) > 50 and not counted and not problems}


def refusal(address, change):
    """What the server says to a client that is made otherwise; None where it agrees."""
    context = trusting_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        change(context)
    try:
        with Wire(address, context) as wire:
            return None if wire.ask(HEALTH)[0] == 200 else "not healthy"
    except ssl.SSLError as error:
        # Some alerts are younger than Python's names for them; OpenSSL's own are in the message.
        said = re.search(r"(tlsv1|sslv3)[ _]alert[ _]([a-z0-9 _]+)", str(error).lower())
        return said[2].replace("_", " ").strip() if said else str(error)
    except OSError as error:
        return type(error).__name__


def agreements(server, address):
    def version(which):
        def change(context):
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = which
        return change

    def protocols(*names):
        return lambda context: context.set_alpn_protocols(names)

    versions = ssl.TLSVersion
    seen = {
        "TLS 1.0": refusal(address, version(versions.TLSv1)),
        "TLS 1.1": refusal(address, version(versions.TLSv1_1)),
        "TLS 1.2": refusal(address, version(versions.TLSv1_2)),
        "TLS 1.3": refusal(address, version(versions.TLSv1_3)),
        "HTTP/2 only": refusal(address, protocols("h2")),
        "HTTP/2 or 1.1": refusal(address, protocols("h2", "http/1.1")),
        "HTTP/1.1": refusal(address, protocols("http/1.1")),
    }
    expected = {name: None for name in seen} | {
        "TLS 1.0": "protocol version", "TLS 1.1": "protocol version",
        "HTTP/2 only": "no application protocol"}
    chooses = trusting_context()
    chooses.set_alpn_protocols(["h2", "http/1.1"])
    with Wire(address, chooses) as wire:
        chosen = wire.secure.selected_alpn_protocol()
    bytewise = single_bytes(server, address)
    return {"refused_with": seen, "chosen": chosen, "single_bytes": bytewise,
            "passed": seen == expected and chosen == "http/1.1" and bytewise}


def single_bytes(server, address):
    """Whether a request in records of one byte is answered as a plain one in one piece."""
    body = json.dumps({"model_key": "red", "raw_text": "The wind", "length": 8,
                       "temperature": 0}).encode()
    request = (b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               b"Content-Length: %d\r\n\r\n" % len(body) + body)
    with Wire(server.address) as wire:
        plain = wire.ask(request)
    with Wire(address, trusting_context()) as wire:
        for byte in request[:-1]:
            wire.send(bytes([byte]))
        secure = wire.ask(request[-1:])
    return plain[0] == 200 and (plain[0], plain[2]) == (secure[0], secure[2])


class Client:
    """Does something again and again in a process of its own, and counts."""

    def __init__(self, action, *arguments):
        self._stop = multiprocessing.Event()
        self._receiver, sender = multiprocessing.Pipe(False)
        self._process = multiprocessing.Process(
            target=self._run, args=(action, arguments, self._stop, sender), daemon=True)
        self._process.start()

    @staticmethod
    def _run(action, arguments, stop, sender):
        times, failures, seen, state = [], [], set(), {}
        while not stop.is_set():
            began = time.monotonic()
            try:
                seen.add(action(state, *arguments))
                times.append(time.monotonic() - began)
            except Exception as error:  # Whatever it is, something has failed.
                failures.append(f"{type(error).__name__}: {error}")
        sender.send((times, failures, seen))

    def end(self):
        """The times of what succeeded, what failed, and what was seen."""
        self._stop.set()
        result = self._receiver.recv()
        self._process.join()
        return result


def handshake(_, address):
    """A new connection and one request; the certificate that was shown."""
    with Wire(address, trusting_context(), timeout=30) as wire:
        shown = fingerprint(wire)
        if wire.ask(HEALTH)[0] != 200:
            raise ValueError("not healthy")
        return shown


def ask_all(state, address):
    """One request on each of ten connections that stay open."""
    if "wires" not in state:
        state["wires"] = [Wire(address, trusting_context()) for _ in range(10)]
    for wire in state["wires"]:
        if wire.ask(HEALTH)[0] != 200:
            raise ValueError("not healthy")
    time.sleep(0.02)
    return None


class Certificates:
    """The one certificate that the server is told of, and what it is in turn."""

    def __init__(self, server, address, folder):
        self.server, self.address, self.folder = server, address, pathlib.Path(folder)

    def put(self, pem, key):
        shutil.copy(FIXTURES / "tls" / pem, self.folder / "live.pem")
        shutil.copy(FIXTURES / "tls" / key, self.folder / "live.key")

    def shown(self):
        with Wire(self.address, trusting_context(), timeout=30) as wire:
            return fingerprint(wire)

    def reload(self):
        """By a call; the status."""
        return self.server.post("/admin/reload", {})[0]

    def tell(self):
        self.server.process.send_signal(signal.SIGHUP)

    def is_shown(self, wanted, seconds):
        deadline = time.monotonic() + seconds
        while self.shown() != wanted:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def reloads(server, address, folder, count):
    certificates = Certificates(server, address, folder)
    names = {}
    for name in ("one", "two"):
        certificates.put(f"{name}.pem", f"{name}.key")
        certificates.reload()
        names[name] = certificates.shown()
    before = server.state()
    clients = [Client(handshake, address) for _ in range(3)] + [Client(ask_all, address)]
    faults = []
    for number in range(count):
        name = ("one", "two")[number % 2]
        certificates.put(f"{name}.pem", f"{name}.key")
        if number // 2 % 2:
            certificates.tell()
            good = certificates.is_shown(names[name], 10)
        else:
            good = certificates.reload() == 200 and certificates.is_shown(names[name], 0)
        if not good:
            faults.append(f"certificate {number} was not taken")
    last = ("one", "two")[(count - 1) % 2]
    for pem, key, what in (("one.pem", "two.key", "another's key"), ("one.pem", "locked.key", "a locked key"),
                           ("one.key", "one.key", "no certificate"), ("one.pem", "one.pem", "no key"),
                           ("../make_certificates.sh", "one.key", "something else")):
        certificates.put(pem, key)
        if (status := certificates.reload()) != 422:
            faults.append(f"{what}: {status}")
        certificates.tell()
        time.sleep(0.3)
        if not certificates.is_shown(names[last], 0):
            faults.append(f"{what}: the old certificate is gone")
    ended = [client.end() for client in clients]
    times = [value for client in ended[:3] for value in client[0]]
    failures = [failure for client in ended for failure in client[1]]
    seen = set().union(*(client[2] for client in ended[:3]))
    certificates.put("one.pem", "one.key")
    certificates.reload()
    time.sleep(3)
    after = server.state()
    return {"reloads": count, "handshakes": len(times), "failed": len(failures),
            "first_failures": failures[:3], "faults": faults, "certificates_seen": len(seen),
            "rounds_of_open_connections": len(ended[3][0]),
            "p99_ms": round(percentile(times, 0.99) * 1000, 1),
            "resident_bytes": [before[0], after[0]], "files": [before[1], after[1]],
            "passed": not failures and not faults and seen == set(names.values())
            and after[1] <= before[1] + 2 and len(ended[3][0]) > 0}


def stalls(server, address, count):
    """Handshakes that begin and go no further."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = trusting_context().wrap_bio(incoming, outgoing, server_hostname="one.test")
    try:
        hello.do_handshake()
    except ssl.SSLWantReadError:
        pass
    whole = outgoing.read()
    beginnings = {"nothing": b"", "a byte": whole[:1], "half a hello": whole[:len(whole) // 2],
                  "a whole hello": whole}
    quiet = probe_for(server.address, 5)
    before = server.state()
    with HealthProbe(server.address, every=0.01) as probe:
        honest = [Client(handshake, address) for _ in range(2)]
        poll, opened, lasted = select.poll(), {}, {name: [] for name in beginnings}
        for number in range(count):
            name = list(beginnings)[number % len(beginnings)]
            stalled = socket.create_connection(
                address, timeout=20, source_address=(f"127.0.0.{2 + number % 100}", 0))
            began = time.monotonic()
            stalled.sendall(beginnings[name])
            stalled.setblocking(False)
            opened[stalled.fileno()] = stalled, began, name
            poll.register(stalled, select.POLLIN)
        deadline = time.monotonic() + 30
        while opened and time.monotonic() < deadline:
            for descriptor, _ in poll.poll(100):
                stalled, began, name = opened[descriptor]
                try:
                    # The server's side of the handshake may come first.
                    if stalled.recv(65536):
                        continue
                except ConnectionError:
                    pass
                lasted[name].append(time.monotonic() - began)
                poll.unregister(stalled)
                stalled.close()
                del opened[descriptor]
        # Before the probe, whose input they hold open, too.
        ended = [client.end() for client in honest]
    health = probe.figures()
    for stalled, _, _ in opened.values():
        stalled.close()
    times = [value for client in ended for value in client[0]]
    failures = [failure for client in ended for failure in client[1]]
    time.sleep(3)
    after = server.state()
    return {
        "stalled": count, "still_open": len(opened),
        "closed_after_seconds": {name: [round(min(values), 2), round(max(values), 2)]
                                 for name, values in lasted.items() if values},
        "honest_handshakes": len(times), "honest_failed": len(failures),
        "first_failures": failures[:3], "longest_honest_seconds": round(max(times, default=0), 2),
        "quiet": quiet, "health": health, "files": [before[1], after[1]],
        "passed": not opened and not failures and bool(times) and health["failures"] == 0
        and health["p99_ms"] < 50 and max(map(max, lasted.values())) <= 12
        and after[1] <= before[1] + 2}


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FIXTURES / "tls/one.pem", pathlib.Path(folder) / "live.pem")
        shutil.copy(FIXTURES / "tls/one.key", pathlib.Path(folder) / "live.key")
        with RunningServer(
                arguments.server, folder,
                {"models": [model("red")], "cache_dir": "",
                 "limits": {"connection_requests": 1_000_000},
                 "tls": {"port": 0, "certificates": [certificate("live", folder)]}}) as server:
            address = secure_address(server)
            result = {
                "sslyze": sslyze(arguments.sslyze, address),
                "testssl": testssl(arguments.testssl, address, folder),
                "agreements": agreements(server, address),
                "reloads": reloads(server, address, folder, arguments.reloads),
                "stalls": stalls(server, address, arguments.stalled),
                "alive": server.is_running}
    result["passed"] = result["alive"] and all(
        part["passed"] for part in result.values() if isinstance(part, dict))
    report(result)


if __name__ == "__main__":
    main()
