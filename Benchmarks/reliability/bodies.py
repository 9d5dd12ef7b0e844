#!/usr/bin/env python3
"""Sends a server bodies that are meant to hurt whoever reads them, and asks it `/health` all the while.

    python3 Benchmarks/reliability/bodies.py .build-release/release/server

Deep nesting, a hundred thousand keys, texts of a megabyte, keys that stand twice, UTF-16, halves of
surrogate pairs, numbers that are none, and prompts that tokenizers are slow at. Each goes to
`/invocations` and to `/v1/completions`, five times by itself: it must be answered with 400 or 413 (404
where no model has such a name), within 200 ms, and not repeat what was sent. Then three clients send all
of them in loops, two or up to six: one must have `/health` take under 50 ms in 99 of 100 times, as other
programs only lengthen that, and the last must leave no more than 8 MiB on top of what was in memory.

`quiet` is what `/health` takes when nothing else is asked, which tells how busy the machine is with other
things. A body's time is the least of five, or of up to 25 where other programs are in the way, next to
their median and to what the server computed, which others lengthen less.

Prints one JSON object, and exits with 1 where a bar failed. Takes about a minute. Linux only: it reads
/proc.
"""

import argparse
import collections
import itertools
import json
import statistics
import tempfile
import threading
import time

from clients import Wire, model
from figures import report
from health_probe import HealthProbe, probe_for
from running_server import RunningServer

PATHS = {"/invocations": ("model_key", "raw_text"), "/v1/completions": ("model", "prompt")}
MEGABYTE = 1 << 20
MOST_SECONDS = 0.2
MOST_GROWTH = 8 << 20
MOST_LOOPS = 6
MARK = b"xyzzyplugh"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--seconds", type=float, default=10, help="how long a loop is")
    return parser.parse_args()


def bodies(model_field, text_field):
    """The names and bytes of all bodies for one path. `MARK` in them must not come back."""
    def with_text(text, more=b""):
        return b'{"%s":"chatbot","%s":%s%s}' % (model_field, text_field, text, more)

    def filled(unit):
        """As many as make a body of just under a megabyte."""
        room = MEGABYTE - len(with_text(b'""'))
        return with_text(b'"' + unit * (room // len(unit)) + b'"')

    good = with_text(b'"%s"' % MARK, b',"seed":1')
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    names = itertools.islice(itertools.product(digits, repeat=4), 100_000)
    keys = b"{" + b",".join(b'"%s":0' % "".join(name).encode() for name in names) + b"}"
    yield "100000 arrays in each other", b"[" * 100_000
    yield "100000 arrays in each other, closed", b"[" * 100_000 + b"]" * 100_000
    yield "100000 arrays in a field", with_text(b'"a"', b',"x":' + b"[" * 100_000 + b"]" * 100_000)
    yield "100000 objects in each other", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "100000 keys", keys
    yield "100000 times the same key", b"{" + b",".join([b'"a":0'] * 100_000) + b"}"
    yield "300000 elements", with_text(b"[" + b",".join([b"1"] * 300_000) + b"]")
    yield "100000 texts to go on from", with_text(b"[" + b",".join([b'"a"'] * 100_000) + b"]")
    yield "a megabyte of spaces in JSON", b" " * (MEGABYTE - 4) + MARK[:4]
    yield "a megabyte of one number", b"[" + b"1" * (MEGABYTE - 2) + b"]"
    yield "a number of a megabyte", with_text(b'"a"', b',"seed":' + b"9" * 1_000_000)
    yield "a text of a megabyte", with_text(b'"' + b"a" * MEGABYTE + b'"')
    yield "a body of a byte too many", b'"' + b"a" * (MEGABYTE - 1) + b'"'
    yield "a key of a megabyte", b'{"' + b"a" * (MEGABYTE - 8) + b'":1}'
    yield "a model of a megabyte", b'{"%s":"%s"}' % (model_field, b"a" * (MEGABYTE - 40))
    for name, unit in {
            "a": b"a", "ab": b"ab", "spaces": b" ", "line breaks": b"\\n", "words": b"the ",
            "digits": b"7", "dots": b".", "apostrophes": b"'s", "mark": MARK,
            "NUL": b"\\u0000", "escapes": b"\\u0061", "combining marks": b"\\u0301",
            "pairs": b"\\ud83d\\ude00", "emoji": "\N{GRINNING FACE}".encode(),
            "joined families": "\N{WOMAN}\N{ZERO WIDTH JOINER}".encode(),
            "Arabic": "\N{ARABIC LETTER BEH}".encode(),
            "Chinese": "\N{CJK UNIFIED IDEOGRAPH-4E2D}".encode()}.items():
        yield f"a prompt of {name}", filled(unit)
    yield "a field twice", with_text(b'"a"', b',"%s":"%s"' % (text_field, MARK))
    yield "a field twice, once escaped", with_text(
        b'"a"', b',"\\u%04x%s":"b"' % (text_field[0], text_field[1:]))
    yield "an unknown field twice", with_text(b'"a"', b',"x":1,"x":2')
    yield "UTF-16", good.decode().encode("utf-16")
    yield "UTF-16, big end first", good.decode().encode("utf-16-be")
    yield "UTF-32", good.decode().encode("utf-32")
    yield "a byte order mark", b"\xef\xbb\xbf" + with_text(b"1")
    yield "half a pair", with_text(b'"\\ud83d"')
    yield "the other half", with_text(b'"\\ude00"')
    yield "halves the wrong way round", with_text(b'"\\ude00\\ud83d"')
    yield "half a pair in UTF-8", with_text(b'"\xed\xa0\xbd"')
    yield "Latin-1", with_text(b'"caf\xe9"')
    yield "an overlong slash", with_text(b'"\xc0\xaf"')
    yield "past Unicode", with_text(b'"\xf4\x90\x80\x80"')
    yield "a half escape", with_text(b'"\\u12"')
    yield "an unknown escape", with_text(b'"\\x41"')
    yield "a line break in a text", with_text(b'"a\nb"')
    yield "NUL in a text", with_text(b'"a\x00b"')
    for value in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"01", b"+1", b"1.", b".5",
                  b"0x1", b"--1", b"1e", b"true", b'"1"', b"[]", b"-1"):
        yield f"a temperature of {value.decode()}", with_text(b'"a"', b',"temperature":' + value)
    yield "a seed past 64 bits", with_text(b'"a"', b',"seed":99999999999999999999')
    yield "a comma too many", with_text(b'"a"', b",")
    yield "a comment", with_text(b'"a"', b"/*x*/")
    yield "a value after the end", good + b"{}"
    yield "single quotes", b"{'" + text_field + b"':'a'}"
    yield "an end too early", good[:-5]
    yield "nothing", b""
    yield "null", b"null"
    yield "a text", b'"%s"' % MARK
    yield "a list", b"[]"
    yield "an empty object", b"{}"
    yield "a prompt that is an object", with_text(b'{"%s":1}' % MARK)
    yield "prototype keys", b'{"__proto__":{"x":1},"constructor":1}'


def expected(name):
    """The statuses that a body may be answered with."""
    return {404} if "a model of a megabyte" in name else {400, 413}


def post(path, body):
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Sender:
    """Sends on one connection, or on another where the server has closed it."""

    def __init__(self, address):
        self.address, self.wire = address, None

    def send(self, request):
        if not self.wire or self.wire.closed:
            self.wire = Wire(self.address)
        wire, self.wire = self.wire, None
        try:
            answer = wire.ask(request)
        except BrokenPipeError:
            # It was refused before it was sent whole.
            answer = wire.ask(b"")
        if answer[1].get("connection") != "close":
            self.wire = wire
        else:
            wire.close()
        return answer


def try_each(server, requests):
    sender, rows = Sender(server.address), []
    for name, request in requests:
        times, work, answers = [], [], []
        while len(times) < 5 or (min(times) > MOST_SECONDS and len(times) < 25):
            began, computed = time.monotonic(), server.processor_seconds()
            answers.append(sender.send(request))
            times.append(time.monotonic() - began)
            work.append(server.processor_seconds() - computed)
        statuses = {answer[0] for answer in answers}
        repeats = any(MARK in answer[2] or b"aaaaaaaa" in answer[2] for answer in answers)
        codes = {json.loads(answer[2])["error"]["code"] for answer in answers}
        rows.append({
            "body": name, "bytes": len(request), "statuses": sorted(statuses),
            "codes": sorted(codes), "ms": round(min(times) * 1000, 1),
            "tries": len(times), "median_ms": round(statistics.median(times) * 1000, 1),
            "computed_ms": round(min(work) * 1000, 1), "repeats": repeats,
            "passed": statuses <= expected(name) and min(times) <= MOST_SECONDS and not repeats})
    return rows


def send_in_a_loop(server, requests, seconds):
    """How many were sent, what they were answered, and what `/health` took meanwhile."""
    deadline, counts, lock = time.monotonic() + seconds, {}, threading.Lock()

    def run(offset):
        sender = Sender(server.address)
        for number in itertools.count(offset):
            if time.monotonic() > deadline:
                return
            try:
                status = sender.send(requests[number * 7 % len(requests)][1])[0]
            except OSError as error:
                status = type(error).__name__
            with lock:
                counts[status] = counts.get(status, 0) + 1

    with HealthProbe(server.address, every=0.01) as probe:
        threads = [threading.Thread(target=run, args=(number * 5,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {str(status): count for status, count in counts.items()}, probe.figures()


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder, RunningServer(
            arguments.server, folder,
            {"models": [model("red") | {"key": "chatbot"}], "cache_dir": "",
             "limits": {"connection_requests": 1_000_000}}) as server:
        requests = [(f"{path}: {name}", post(path, body)) for path, fields in PATHS.items()
                    for name, body in bodies(*(field.encode() for field in fields))]
        quiet = probe_for(server.address, 5)
        rows = try_each(server, requests)
        counts, health, resident = collections.Counter(), [], [server.state()[0]]
        # What the allocator keeps grows for some loops, until each of its threads has met everything.
        while len(health) < MOST_LOOPS:
            sent, probe = send_in_a_loop(server, requests, arguments.seconds)
            counts.update(sent)
            health.append(probe)
            resident.append(server.state()[0])
            is_level = resident[-1] <= max(resident[:-1]) + MOST_GROWTH
            is_prompt = min(each["p99_ms"] for each in health) < 50
            if is_level and is_prompt and len(health) > 1:
                break
        alive = server.is_running
        log = server.log_path.read_bytes()
    slowest = max(rows, key=lambda row: row["ms"])
    leaks = MARK in log or b"aaaaaaaa" in log
    result = {
        "bodies": len(rows), "failed": [row for row in rows if not row["passed"]],
        "slowest": slowest, "most_computed_ms": max(row["computed_ms"] for row in rows),
        "sent_in_the_loop": counts, "quiet": quiet, "health": health,
        "resident_after_loops": resident, "prompts_in_the_log": leaks, "alive": alive}
    result["passed"] = (
        not result["failed"] and alive and not leaks and is_level and is_prompt
        and not any(each["failures"] for each in health) and set(counts) <= {"400", "404", "413"})
    report(result)


if __name__ == "__main__":
    main()
