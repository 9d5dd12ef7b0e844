#!/usr/bin/env python3
"""Runs every script of this folder and writes one table of what came of it: ../results/reliability/table.md.

    run.py A B [--server PROGRAM] [--only NAME …] [--quick] [--python PYTHON]

A and B are two checkpoints of 124M (Benchmarks/make_checkpoint.py with --seed 1 and --seed 2 makes
them). The server is a release build. A whole run takes three hours, of which the soak is one;
--quick looks in twenty minutes whether everything works, and says nothing about the bars. What each
script printed is kept in results.json, so that --only replaces some rows and leaves the others.

It needs slowhttptest, strace and testssl.sh of Debian, and a PYTHON with sslyze, h11 and httptools
of PyPI. Quiet machines only: half of the bars are about time.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TINY = [str(ROOT / "Tests/Fixtures/models" / name) for name in ("red", "blue")]
CERTIFICATE = ["--certificate", str(ROOT / "Tests/Fixtures/tls/one.pem"),
               "--key", str(ROOT / "Tests/Fixtures/tls/one.key")]

# What to run: name, the bars it is about, the sentence of the table, the script with its options,
# and those that make it short. A and B stand for the checkpoints.
ROWS = [
    ("http_cases", "R1, R8", "Every case of strict HTTP, plain and TLS, with a key and without; endless ones",
     ["http_cases.py"], ["--only", "^ok"]),
    ("differential", "R2", "Mutated requests: what is accepted, h11 and httptools accept, with the same framing",
     ["differential.py"], ["--count", "5000"]),
    ("slow", "R4", "1,000 slow heads, bodies and readers; others ask meanwhile",
     ["connections.py", TINY[0], "--only", "slow"], []),
    ("connects", "R5", "10,000 connections in a minute, half of them reset",
     ["connections.py", TINY[0], "--only", "connects"], []),
    ("files", "R6", "No files left for connections", ["connections.py", TINY[0], "--only", "files"], []),
    ("idle", "R7", "1,000 open connections", ["connections.py", TINY[0], "--only", "idle", *CERTIFICATE], []),
    ("hostile", "R8", "Endless lines, heads, trailers, chunks, requests",
     ["connections.py", TINY[0], "--only", "hostile"], []),
    ("slow_reader", "R9", "Eight clients that read nothing of their streams",
     ["replies.py", "A", "--only", "slow_reader"], []),
    ("overload", "R10, R26, R29", "Ten times what it can, on two cores and on one",
     ["overload.py", "A"], ["--seconds", "20", "--starved-seconds", "10", "--peak-seconds", "8"]),
    ("disconnects", "R11", "Clients that go away in the middle of a reply",
     ["replies.py", "A", "--only", "disconnects"], ["--disconnects", "60"]),
    ("drain", "R12", "SIGTERM under 16 streams", ["replies.py", "A", "--only", "drain"], []),
    ("swaps", "R13", "500 swaps under 16 clients", ["swaps.py", "A", "B"], ["--swaps", "40"]),
    ("bad_files", "R14", "2,000 damaged files of each kind", ["bad_files.py"], ["--count", "60"]),
    ("tls", "R20, R21", "sslyze, testssl.sh, 100 reloads of certificates, 500 stalled handshakes",
     ["tls.py"], ["--reloads", "10"]),
    ("keys", "R22", "Keys, scopes, models, rates, timing, logs", ["keys.py"], ["--samples", "10000"]),
    ("paths", "R23", "Paths that lead astray", ["paths.py"], []),
    ("loading", "R26", "Time per token of one model while another is loaded",
     ["loading.py", "A", "B"], ["--windows", "2", "--seconds", "6"]),
    ("restarts", "R27", "Restarts, peaceful and after kill -9", ["restarts.py", "A"], ["--restarts", "2"]),
    ("bodies", "R28", "Hostile JSON", ["bodies.py"], ["--seconds", "3"]),
    ("soak", "R25", "Everything at once", ["soak.py", *TINY, "--large", "A"], ["--minutes", "2", "--settle", "1"]),
]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoints", nargs=2, help="two checkpoints of 124M")
    parser.add_argument("--server", default=str(ROOT / ".build-release/release/server"))
    parser.add_argument("--only", nargs="*", choices=[row[0] for row in ROWS])
    parser.add_argument("--quick", action="store_true", help="short; says nothing about the bars")
    parser.add_argument("--python", default=sys.executable, help="one with sslyze, h11 and httptools")
    parser.add_argument("--folder", default=str(HERE.parent / "results" / "reliability"), help="where results.json and table.md go")
    return parser.parse_args()


def run(row, arguments):
    name, _, _, (script, *options), short = row
    first, second = (str(pathlib.Path(path).resolve()) for path in arguments.checkpoints)
    options = [{"A": first, "B": second}.get(option, option) for option in options]
    command = [arguments.python, str(HERE / script), str(pathlib.Path(arguments.server).resolve()),
               *options, *(short if arguments.quick else [])]
    path = os.pathsep.join([str(pathlib.Path(arguments.python).absolute().parent), os.environ["PATH"]])
    began = time.monotonic()
    load = os.getloadavg()[0]
    # A script that prints no object has failed before it could.
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=os.environ | {"PATH": path}, cwd=arguments.folder, timeout=7200)
    try:
        result = json.loads(process.stdout)
    except ValueError:
        result = {"passed": False, "error": (process.stderr or process.stdout)[-2000:]}
    return {"result": result, "seconds": round(time.monotonic() - began), "load_before": load,
            "quick": arguments.quick, "passed": result.get("passed") is True and process.returncode == 0}


def figures(value, path=""):
    """The numbers of a result, flattened, for people to look at."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("passed", "error") and not key.startswith("first_"):
                yield from figures(inner, f"{path} {key}".strip())
    elif isinstance(value, bool) or value is None or isinstance(value, str):
        return
    elif isinstance(value, (int, float)):
        yield path.replace("_", " "), value
    elif isinstance(value, list) and 0 < len(value) <= 3 and all(isinstance(v, (int, float)) for v in value):
        yield path.replace("_", " "), value


def told(value):
    if isinstance(value, list):
        return "→".join(told(inner) for inner in value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def write(results, folder):
    lines = [
        "| bar | what | passed | seconds | load before |", "|---|---|---|---|---|"]
    for name, bars, what, *_ in ROWS:
        if name in results:
            row = results[name]
            verdict = "yes" if row["passed"] else "**no**"
            lines.append(f"| {bars} | {what} (`{name}`) | {verdict}{' (quick)' if row['quick'] else ''} "
                         f"| {row['seconds']} | {row['load_before']:.1f} |")
    lines.append("")
    for name, bars, *_ in ROWS:
        if name in results:
            result = results[name]["result"]
            shown = [f"{path} {told(value)}" for path, value in figures(result)][:40]
            lines += [f"**{name}** ({bars}): " + ("; ".join(shown) or str(result.get("error"))), ""]
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {datetime.date.today()}"
    (folder / "table.md").write_text(f"# What was tried ({machine})\n\n" + "\n".join(lines))


def main():
    arguments = parse_arguments()
    folder = pathlib.Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    for row in ROWS:
        if arguments.only and row[0] not in arguments.only:
            continue
        print(f"{row[0]} …", end=" ", flush=True, file=sys.stderr)
        results[row[0]] = run(row, arguments)
        print("passed" if results[row[0]]["passed"] else "FAILED", results[row[0]]["seconds"], "s", file=sys.stderr)
        path.write_text(json.dumps(results, indent=1))
        write(results, folder)
    print((folder / "table.md").read_text())
    sys.exit(0 if all(row["passed"] for row in results.values()) else 1)


if __name__ == "__main__":
    main()
