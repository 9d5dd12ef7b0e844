#!/usr/bin/env python3
"""Measures this project against the others on this machine: a table, pictures, and all figures.

    Benchmarks/run.py                      # everything: an hour or two on a quiet machine
    Benchmarks/run.py --quick --only decode-1-int8,http
    Benchmarks/run.py --draw               # only the table and pictures again, of results.json

The first run installs the other programs from PyPI, builds llama.cpp, makes a checkpoint of 124M
random weights and converts it for each: some 8 GB below --folder, and half an hour. README.md says
what the rows mean.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

from measure import best_format, measure
from peers import install
from picture import draw
from report import table
from rows import PROMPT, TOKENS, Rows

HERE = pathlib.Path(__file__).resolve().parent


def parsed_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    path = pathlib.Path
    parser.add_argument("--folder", type=path, default=HERE / ".peers", help="of the others")
    parser.add_argument("--results", type=path, default=HERE / "inference", help="what is written")
    parser.add_argument("--programs", type=path, help="folder of dixie and server; else built")
    parser.add_argument("--model", type=path, help="a 124M in Hugging Face's layout, not a new one")
    parser.add_argument("--site-packages", help="of an environment that has torch already")
    parser.add_argument("--text", type=path, help="to tokenize; else Python's own help texts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3, help="of a measurement in a round")
    parser.add_argument("--requests", type=int, default=4, help="replies of each HTTP client")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="one round, one repeat")
    parser.add_argument("--only", help="rows: names, or their beginnings, with commas between")
    parser.add_argument("--skip-peer", action="append", default=[], help="llama, ctranslate2, ...")
    parser.add_argument("--no-curves", action="store_true", help="only the table's rows")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.repeats, options.requests = 1, 1, 2
    return options


def help_texts(folder):
    """English with names and code in it, half a megabyte, that every Python has."""
    from pydoc_data.topics import topics

    path = folder / "topics.txt"
    path.write_text("\n".join(topics[name] for name in sorted(topics)))
    return path


def build(options):
    """The folder of this project's programs, as they are used."""
    if options.programs:
        return options.programs.resolve()
    for product in ("dixie", "server"):
        command = ["swift", "build", "-c", "release", "--scratch-path", ".build-release"]
        install.run(*command, "--product", product, cwd=HERE.parent, stdout=sys.stderr)
    return HERE.parent / ".build-release/release"


def versions(shop):
    code = (
        "from importlib.metadata import version\n"
        "for n in 'ctranslate2 openvino torch transformers tiktoken tokenizers'.split():"
        " print(n, version(n))"
    )
    lines = subprocess.run([shop.python, "-c", code], capture_output=True, text=True, check=True)
    found = dict(line.split() for line in lines.stdout.splitlines())
    return found | {"llama.cpp of llama-cpp-python": install.LLAMA_ARCHIVE.split("==")[1]}


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def take_results(options):
    shop = install.Workshop(options.folder, options.model)
    install.install(shop, options.site_packages, options.skip_peer)
    built = build(options)
    options.text = options.text or help_texts(shop.folder)
    every = Rows(shop, built, options)
    rows = [*every.table(), *([] if options.no_curves else every.curves())]
    if options.only:
        rows = [row for row in rows if row.key.startswith(tuple(options.only.split(",")))]
    load = os.getloadavg()[0]

    def machine_wall():
        done = subprocess.run([shop.wall, str(options.threads)], capture_output=True, check=True)
        return json.loads(done.stdout)

    rounds, walls, reasons = measure(rows, options.rounds, machine_wall)
    told = [
        {
            "key": row.key,
            "work": row.work,
            "unit": row.unit,
            "lower_is_better": row.lower_is_better,
            "rounds": rounds[row.key],
            "reasons": reasons[row.key],
            "walls": [row.wall(wall) for wall in walls] if row.wall else [],
        }
        for row in rows
    ]
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": options.threads,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "rounds": options.rounds,
        "prompt": PROMPT,
        "tokens": TOKENS,
        "load_before": load,
        "load_after": os.getloadavg()[0],
        "versions": versions(shop),
        "walls": walls,
        "rows": told,
    }


def add_best_format(rows):
    """Whoever wants a long prompt read picks the format that is fastest here."""
    last = max((i for i, row in enumerate(rows) if row["key"].startswith("prefill-")), default=None)
    if last is not None:
        work = "prefill, 512 tokens, each in its fastest format"
        rows.insert(last + 1, best_format(rows, "prefill-", work))


def main():
    options = parsed_arguments()
    options.results.mkdir(parents=True, exist_ok=True)
    path = options.results / "results.json"
    if options.draw:
        results = json.loads(path.read_text())
    else:
        results = take_results(options)
        path.write_text(json.dumps(results, indent=1) + "\n")
    add_best_format(results["rows"])
    text = table(results)
    (options.results / "table.md").write_text(text)
    draw(results, options.results)
    print(text)


if __name__ == "__main__":
    main()
