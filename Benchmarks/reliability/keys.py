#!/usr/bin/env python3
"""Tries every kind of API key at every endpoint and model of a server, and measures what it gives away.

    python3 Benchmarks/reliability/keys.py .build-release/release/server

- Each way to present a key, each endpoint, each model: 200, 401, 403 or 404 as the documents say.
- How long the server takes to refuse keys that share their first 0 to 31 bytes with a real one of 32:
  100,000 requests on one connection that stays open, one of each of the 32 kinds in each round, in an
  order that is shuffled anew. Other programs on the machine lengthen some by far more than a comparison
  takes; so each kind's times are taken in batches of 25 rounds, of which the lower quartile counts, and
  how far it is from the batch's middle over all kinds. Welch's t of each kind and of the keys that share
  nothing must stay under 4.5, and so must t of the shorter half and the longer half of what is shared.
  `control_t` is the same for a key of 4000 bytes, which takes longer to hash: it must be above, or the
  measurement would not see anything. `detectable_nanoseconds` is the difference that would have been
  seen.
- `rps` and `tpm`: what is too much is refused with 429 and `Retry-After`, and what comes after that wait
  is not.
- No key, prompt or reply is in the log, nor in an answer that refuses.

Prints one JSON object, and exits with 1 where a bar failed. Takes about two minutes. Linux only: it reads
/proc.
"""

import argparse
import base64
import hashlib
import json
import math
import random
import statistics
import tempfile
import time

from clients import FIXTURES, Wire, model
from figures import report
from running_server import RunningServer

MARK = "xyzzyplugh"
REAL = "dixie-real-key-of-32-bytes-abcde"
KEYS = {
    "everything": REAL,
    "infer": "infer-only-key-1234567890",
    "admin": "admin-only-key-1234567890",
    "infer red": "red-only-key-12345678901",
    "admin red": "red-admin-key-1234567890",
    "of the environment": "environment-key-1234567890",
    "nothing": "no-scope-key-12345678901",
}
MOST_T = 4.5


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def entry(name, scopes=None, **more):
    return {"id": name.replace(" ", "-"), "sha256": hashlib.sha256(KEYS[name].encode()).hexdigest(),
            **({"scopes": scopes} if scopes is not None else {}), **more}


def configuration(keys):
    return {"models": [model("red"), model("blue")], "cache_dir": "", "api_keys": keys,
            "model_roots": [str(FIXTURES / "models")],
            "limits": {"connection_requests": 1_000_000}}


class Matrix:
    """Who may do what."""

    def __init__(self, server):
        self.server = server
        self.failed, self.count, self.refusals, self.replies = [], 0, [], []
        self.wire = None

    # What a key may do, and the models it may use; None where the server does not know it.
    ALL = ({"infer", "admin"}, {"red", "blue"})

    def presentations(self):
        """Each way to present a key: its name, its header lines, and what it opens."""
        rights = {
            "everything": self.ALL, "of the environment": self.ALL,
            "infer": ({"infer"}, {"red", "blue"}), "admin": ({"admin"}, {"red", "blue"}),
            "infer red": ({"infer"}, {"red"}), "admin red": ({"infer", "admin"}, {"red"}),
            "nothing": (set(), {"red", "blue"}),
        }
        for name, opens in rights.items():
            yield name, [f"Authorization: Bearer {KEYS[name]}"], opens
        yield "a small bearer", [f"authorization: bearer {REAL}"], self.ALL
        yield "two spaces", [f"Authorization: Bearer  {REAL}"], self.ALL
        yield "space around it", [f"Authorization: \t Bearer {REAL} \t"], self.ALL
        digest = hashlib.sha256(REAL.encode()).hexdigest()
        basic = base64.b64encode(f"user:{REAL}".encode()).decode()
        for name, value in {
                "a wrong key": "Bearer wrong-key-of-the-same-size-12345",
                "a key too short": f"Bearer {REAL[:-1]}", "a key too long": f"Bearer {REAL}x",
                "another case": f"Bearer {REAL.upper()}", "its hash": f"Bearer {digest}",
                "its id": "Bearer everything", "no key": "Bearer", "an empty key": "Bearer ",
                "no scheme": REAL, "Basic": f"Basic {basic}", "Basic with the key": f"Basic {REAL}",
                "Bearer and a colon": f"Bearer: {REAL}", "quotes": f'Bearer "{REAL}"',
                "two keys": f"Bearer {REAL} {REAL}", "a comma": f"Bearer {REAL},",
                "a list": f"Bearer wrong, Bearer {REAL}", "a tab": f"Bearer\t{REAL}",
                "no ASCII": "Bearer caf\xe9\xff", "7 KB": "Bearer " + "k" * 7000,
                "an empty header": ""}.items():
            yield name, [f"Authorization: {value}"], None
        yield "no header", [], None
        right = f"Authorization: Bearer {REAL}"
        yield "twice the right one", [right, right], None
        yield "the right one, then a wrong one", [right, "Authorization: Bearer wrong"], None
        yield "a wrong one, then the right one", ["Authorization: Bearer wrong", right], None
        yield "X-API-Key", [f"X-API-Key: {REAL}"], None
        yield "Proxy-Authorization", [f"Proxy-Authorization: Bearer {REAL}"], None
        yield "a cookie", [f"Cookie: Authorization=Bearer {REAL}"], None
        yield "an underscore", ["X_Authorization: Bearer " + REAL], None

    def endpoints(self):
        """Method, path, body, the scope it takes, and the model it is about."""
        yield "GET", "/", None, None, None
        yield "GET", "/ping", None, None, None
        yield "GET", "/health", None, None, None
        yield "GET", "/ready", None, None, None
        yield "GET", "/models/list", None, "infer", None
        yield "GET", f"/models/list?key={REAL}&access_token={REAL}", None, "infer", None
        yield "HEAD", "/models/list", None, "infer", None
        yield "GET", "/gputemp", None, "infer", None
        yield "POST", "/admin/reload", None, "admin", None
        for name in ("red", "blue", "green", "RED", "../red"):
            text = f"{MARK} the wind"
            yield ("POST", "/invocations", {"model_key": name, "raw_text": text, "length": 8,
                                            "temperature": 0}, "infer", name)
            yield ("POST", "/v1/completions", {"model": name, "prompt": text, "max_tokens": 8,
                                               "temperature": 0}, "infer", name)
            yield "POST", "/prime", {"model_key": name}, "infer", name
        for name in ("red", "blue", "green"):
            folder = str(FIXTURES / "models" / (name if name != "green" else "red"))
            yield ("POST", f"/admin/models/{name}/swap", {"restore_from": folder}, "admin", name)
            yield "POST", f"/admin/models/{name}/rollback", {}, "admin", name

    def run(self):
        for endpoint in self.endpoints():
            for presentation in self.presentations():
                self._try(endpoint, presentation)

    def _try(self, endpoint, presentation):
        method, path, body, scope, name = endpoint
        who, headers, rights = presentation
        if scope is None:
            expected = {200}
        elif rights is None:
            expected = {401}
        elif scope not in rights[0]:
            expected = {403}
        elif name is not None and name not in rights[1]:
            expected = {404}
        else:
            # There may be nothing to go back to.
            expected = {200, 409} if path.endswith("rollback") else {200}
        status, text = self._send(method, path, body, headers)
        self.count += 1
        if status not in expected:
            self.failed.append(f"{who}: {method} {path} {name}: {status}, not {sorted(expected)}")
        if status == 200 and path in ("/invocations", "/v1/completions"):
            self.replies.append(text if path == "/invocations"
                                else json.loads(text)["choices"][0]["text"])
        elif status != 200:
            self.refusals.append(text)
        if rights and "blue" not in rights[1]:
            listed = status == 404 or path.startswith("/models/list")
            if listed and '"blue"' in text.replace("\\", "") and name != "blue":
                self.failed.append(f"{who}: {method} {path} {name}: names a model it may not use")

    def _send(self, method, path, body, headers):
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if method == "POST":
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        request = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content
        with Wire(self.server.address) as wire:
            if method == "HEAD":
                wire.send(request)
                while not wire.received.endswith(b"\r\n\r\n") and wire.receive(5):
                    pass
                return int(wire.received[9:12]), ""
            status, _, answer = wire.ask(request)
            return status, answer.decode()


def welch(first, second):
    """Welch's t of two samples."""
    spread = (statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    difference = statistics.fmean(first) - statistics.fmean(second)
    return difference / math.sqrt(spread) if spread else 0.0


def measure_times(server, samples, choose):
    """How long wrong keys take, by how much of them is right."""
    # The first byte that differs differs in its lowest bit, and those after it too.
    kinds = [REAL[:shared] + "".join(chr(ord(c) ^ 1) for c in REAL[shared:]) for shared in range(32)]
    kinds.append("k" * 4000)
    requests = [
        f"GET /models/list HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        for key in kinds]
    wire = Wire(server.address)
    wire.socket.setblocking(True)
    stream, clock = wire.socket, time.perf_counter_ns

    def one(request):
        began = clock()
        stream.sendall(request)
        answer = stream.recv(4096)
        took = clock() - began
        return took, answer

    statuses = [one(request)[1][9:12] for request in requests]
    if statuses != [b"401"] * 33:
        raise ValueError(f"the keys were answered with {statuses}")
    order, batch, middles, ahead = list(range(len(kinds))), [], [], [[] for _ in kinds]
    rounds = math.ceil(samples / 32)
    for number in range(rounds):
        choose.shuffle(order)
        times = [0] * len(kinds)
        for kind in order:
            times[kind] = one(requests[kind])[0]
        batch.append(times)
        if len(batch) == 25:
            quick = [statistics.quantiles(values, n=4)[0] for values in zip(*batch)]
            # What slows the whole batch says nothing of its kinds.
            middle = statistics.median(quick)
            for kind, value in enumerate(quick):
                ahead[kind].append(value - middle)
            middles.append(middle)
            batch = []
    wire.close()
    control = ahead.pop()
    values = [welch(ahead[shared], ahead[0]) for shared in range(1, 32)]
    halves = welch([value for kind in ahead[16:] for value in kind],
                   [value for kind in ahead[:16] for value in kind])
    worst, control_t = max(values, key=abs), welch(control, ahead[0])
    error = math.sqrt(2 * statistics.variance(ahead[0]) / len(ahead[0]))
    return {
        "samples": rounds * 32, "batches_of_each": len(ahead[0]),
        "median_microseconds": round(statistics.median(middles) / 1000, 1),
        "largest_t": round(worst, 2), "shared_bytes_of_it": values.index(worst) + 1,
        "t_of_the_halves": round(halves, 2), "control_t": round(control_t, 2),
        "detectable_nanoseconds": round(MOST_T * error),
        "passed": abs(worst) < MOST_T and abs(halves) < MOST_T and control_t > MOST_T}


class Rates:
    """`rps` and `tpm`, each of a key of its own."""

    def __init__(self, server):
        self.server = server
        self.failed, self.refusals = [], []

    def ask(self, key, length=1):
        content = json.dumps({"model_key": "red", "raw_text": MARK, "length": length,
                              "temperature": 0, "format": "json"}).encode()
        with Wire(self.server.address) as wire:
            status, headers, answer = wire.ask(
                f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
                + content)
        if status != 200:
            self.refusals.append(answer.decode())
        return status, headers, answer

    def expect(self, what, condition):
        if not condition:
            self.failed.append(what)

    def run(self):
        first = [self.ask("limited-requests-key-123")[0] for _ in range(3)]
        status, headers, answer = self.ask("limited-requests-key-123")
        self.expect(f"three may come at once: {first}", first == [200] * 3)
        self.expect(f"the fourth is too much: {status}", status == 429 and b"rate_limited" in answer)
        wait = int(headers.get("retry-after", 0))
        self.expect(f"it says when to come back: {wait} s", 1 <= wait <= 20)
        status = self.ask(REAL)[0]
        self.expect(f"others are not held up: {status}", status == 200)
        time.sleep(wait)
        status = self.ask("limited-requests-key-123")[0]
        self.expect(f"after the wait: {status}", status == 200)
        # 20 a second: a reply of 40 tokens and its prompt from 1200, and the measure is used up at last.
        statuses, used = [], 0
        while len(statuses) < 60 and (not statuses or statuses[-1] == 200):
            status, headers, answer = self.ask("limited-tokens-key-12345", length=40)
            statuses.append(status)
            used += json.loads(answer)["usage"]["total_tokens"] if status == 200 else 0
        self.expect(f"1200 tokens are refused at {used}: {statuses[-1]}",
                    statuses[-1] == 429 and 1200 <= used < 2400)
        wait = int(headers.get("retry-after", 0))
        self.expect(f"it says when to come back: {wait} s", 1 <= wait <= 60)
        time.sleep(wait)
        status = self.ask("limited-tokens-key-12345")[0]
        self.expect(f"after that wait: {status}", status == 200)


def secrets_in(text, replies):
    """Which keys, prompts and replies are in a text."""
    found = [f"the key {name!r}" for name, key in KEYS.items() if key in text]
    found += [name for name, key in (("a wrong key", "wrong-key-of"), ("a prompt", MARK),
                                     ("a limited key", "limited-")) if key in text]
    return found + [f"the reply {reply!r}" for reply in set(replies)
                    if len(reply.strip()) >= 8 and reply.strip() in text]


def main():
    arguments = parse_arguments()
    keys = [entry("everything"), entry("infer", ["infer"]), entry("admin", ["admin"]),
            entry("infer red", ["infer"], models=["red"]), entry("admin red", models=["red"]),
            {"env": "DIXIE_TEST_KEY"}, entry("nothing", []),
            {"id": "requests", "sha256": hashlib.sha256(b"limited-requests-key-123").hexdigest(),
             "rps": 3},
            {"id": "tokens", "sha256": hashlib.sha256(b"limited-tokens-key-12345").hexdigest(),
             "tpm": 1200}]
    with tempfile.TemporaryDirectory() as folder, RunningServer(
            arguments.server, folder, configuration(keys),
            {"DIXIE_TEST_KEY": KEYS["of the environment"]}) as server:
        matrix = Matrix(server)
        matrix.run()
        rates = Rates(server)
        rates.run()
        times = measure_times(server, arguments.samples, random.Random(arguments.seed))
        log = server.log_path.read_text()
        alive = server.is_running
    refused = "\n".join(matrix.refusals + rates.refusals)
    given_away = {"log": secrets_in(log, matrix.replies),
                  "refusals": secrets_in(refused, matrix.replies)}
    result = {
        "requests_of_the_matrix": matrix.count, "failed": matrix.failed[:40],
        "failures": len(matrix.failed), "refusals": len(matrix.refusals),
        "replies": len(matrix.replies), "different_replies": len(set(matrix.replies)),
        "rates_failed": rates.failed, "times": times, "log_bytes": len(log),
        "given_away": given_away, "alive": alive,
        "passed": alive and not matrix.failed and not rates.failed and times["passed"]
        and not any(given_away.values())}
    report(result)


if __name__ == "__main__":
    main()
