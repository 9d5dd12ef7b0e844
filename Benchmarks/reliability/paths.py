#!/usr/bin/env python3
"""Asks a running server for checkpoints at paths where it may not go.

    python3 Benchmarks/reliability/paths.py .build-release/release/server

Outside of model_roots stands a model that must never be served, and whose files must never be opened:
strace, where it is there, watches every open of the server. Paths lead there by `..`, by links, by
names in other encodings, and to pipes, devices, folders and files that cannot be read. Each must be
refused with a named error within a second. Prints one JSON object, and exits with 1 where one was not.
Linux only.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time

from figures import report
from running_server import RunningServer

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
BLUE = FIXTURES / "models" / "blue"
PROMPT = "The house stood on a hill"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--count", type=int, default=300, help="odd names besides those listed")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def make_folders(root):
    """What the paths lead to. Only `roots` is allowed."""
    outside, roots = root / "outside", root / "roots"
    shutil.copytree(FIXTURES / "models" / "red", roots / "good")
    shutil.copytree(BLUE, outside / "secret")
    shutil.copytree(BLUE, root / "roots-besides")
    odd = roots / "odd"
    odd.mkdir()
    os.mkfifo(odd / "pipe")
    os.mkfifo(odd / "pipe.safetensors")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(odd / "socket"))
    (odd / "empty.safetensors").touch()
    (odd / "empty").mkdir()
    (odd / "deep" / "er").mkdir(parents=True)
    (odd / "link").symlink_to(outside / "secret")
    (odd / "relative").symlink_to("../../outside/secret")
    (odd / "file.safetensors").symlink_to(outside / "secret" / "model.safetensors")
    (odd / "loop").symlink_to("loop")
    (odd / "dangling").symlink_to(root / "nothing")
    (odd / "inside").symlink_to("../good")
    (odd / "zero").symlink_to("/dev/zero")
    if os.geteuid() == 0:
        os.mknod(odd / "device", 0o600 | 0o020000, os.makedev(1, 5))
    for name in ("closed", "closed-file"):
        shutil.copytree(BLUE, odd / name)
    (odd / "closed-file" / "model.safetensors").chmod(0)
    (odd / "closed").chmod(0)
    # Folders whose own files are what may not be read.
    for name, target in (("pipe-inside", None), ("device-inside", "/dev/zero")):
        shutil.copytree(FIXTURES / "models" / "red", odd / name)
        for file in ("model.safetensors", "config.json", "vocab.json"):
            copy = odd / f"{name}-{file}"
            shutil.copytree(odd / name, copy)
            (copy / file).unlink()
            if target:
                (copy / file).symlink_to(target)
            else:
                os.mkfifo(copy / file)
        shutil.rmtree(odd / name)
    # Folders with one link out, to be read or to be written.
    for file in ("model.safetensors", "config.json", "vocab.json", "weights.f32.packed", "checkpoint"):
        copy = odd / f"link-inside-{file}"
        shutil.copytree(FIXTURES / "models" / "red", copy)
        (copy / file).unlink(missing_ok=True)
        (copy / file).symlink_to(outside / "secret" / "vocab.json")
    # Links to what lies below the roots may be followed: so hubs lay their files out.
    shutil.copytree(FIXTURES / "models" / "red", roots / "hub")
    (roots / "hub" / "model.safetensors").unlink()
    (roots / "hub" / "model.safetensors").symlink_to("../good/model.safetensors")
    folder = odd / "folder-inside"
    shutil.copytree(FIXTURES / "models" / "red", folder)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").mkdir()
    return outside


def listed(root):
    """Paths one by one, none of which may be loaded."""
    outside, odd = root / "outside" / "secret", root / "roots" / "odd"
    ways = [
        outside, outside / "model.safetensors", root / "roots-besides", "/", "//", "/etc/passwd",
        "/proc/self/root" + str(outside), f"/proc/self/cwd/{outside}", "/dev/zero", "/dev/stdin",
        "/dev/full", "/proc/self/mem", "/proc/self/fd/0", "/proc/kmsg", "/sys/kernel/debug",
        "/proc/self/environ", root / "server_config.json",
        f"{root}/roots/../outside/secret", f"{root}/roots/good/../../outside/secret",
        f"{root}/roots/./../outside/secret", f"{root}/roots//..//outside/secret",
        f"{root}/roots/nothing/../../outside/secret", f"{root}/roots/good/model.safetensors/..",
        f"{root}/roots/..", f"{root}/roots/../roots-besides",
        "../outside/secret", "outside/secret", "./outside/secret", "roots/../outside/secret",
        "models/../outside/secret", "..", ".", "", " ", "~", "~root", "$HOME", "*", "roots/*",
        "roots/%2e%2e/outside/secret", "roots/%2E%2E%2Foutside/secret", "%2e%2e/outside/secret",
        "roots/..%2foutside%2fsecret", "roots/%252e%252e/outside", "roots/..%c0%afoutside/secret",
        "roots/\u2025/outside", "roots/\uff0e\uff0e/outside/secret", "roots\\..\\outside\\secret",
        "roots/good\0/../../outside/secret", "roots/good\0", "\0", "roots/good\0.safetensors",
        "roots/good/model.safetensors\0", "file:///" + str(outside), "http://127.0.0.1/model",
        "s3://bucket/model", "//127.0.0.1/share", f"{root}/roots/good\n", "roots/good ",
        "roots/GOOD", "roots/good/model.safetensors/", "roots/good/model.safetensors/x",
        "roots/good/config.json", "roots/good/vocab.json", "roots/good/merges.txt",
        "roots", "roots/odd", "x" * 255, "x" * 256, "x" * 5000, "roots/" + "x/" * 3000,
        "roots/" + "../" * 3000 + "etc/passwd", "x" * 900_000,
    ]
    ways += [odd / name for name in (
        "pipe", "pipe.safetensors", "socket", "empty.safetensors", "empty", "deep", "deep/er", "link",
        "link/model.safetensors", "relative", "file.safetensors", "loop", "dangling", "inside",
        "inside/model.safetensors", "zero", "device", "closed", "closed/model.safetensors",
        "closed-file", "closed-file/model.safetensors", "deep/../../../outside/secret",
        "link/../secret", "folder-inside", "folder-inside/model.safetensors")]
    ways += sorted(odd.glob("*-inside-*")) + ["roots/hub"]
    return [str(way) for way in ways]


def invented(root, count, seed):
    """Names of the pieces that such paths are made of."""
    choose = random.Random(seed)
    pieces = ["..", ".", "", "outside", "secret", "roots", "odd", "link", "good", "%2e%2e", "\0", "~",
              "relative", "proc", "self", "root", "model.safetensors", "\u202e", "\x1b[2J", "\n", "ä",
              "a\u0308", "\U0001f600", "'", '"', "`id`", "$(id)", ";", "|", "-", "--help", "*", "?",
              "[a]", "CON", "x" * 255, "..;", "...", ". .", "\t"]
    for _ in range(count):
        path = "/".join(choose.choice(pieces) for _ in range(choose.randrange(1, 9)))
        yield choose.choice(["", "/", str(root) + "/", f"{root}/roots/", "roots/"]) + path


def reply(server):
    status, content = server.post("/invocations", {
        "model_key": "a", "raw_text": PROMPT, "length": 8, "temperature": 0, "format": "json"})
    return status, json.loads(content).get("text")


def is_inside(path, root):
    """Whether a path, taken as a server would, leads to the good model and nowhere else."""
    absolute = path if path.startswith("/") else f"{root}/{path}"
    if path.endswith("model.safetensors/"):
        return False
    plain = [part for part in absolute.split("/") if part not in ("", ".")]
    good = [part for part in str(root / "roots" / "good").split("/") if part]
    if plain[-1:] in (["pipe-inside-config.json"], ["pipe-inside-vocab.json"]):
        # What is no file is not there, and the model's own is taken.
        return plain[:-2] == good[:-1]
    return plain in (good, good + ["model.safetensors"], good[:-1] + ["hub"])


def contents(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def measure(server, arguments, root):
    before_text = reply(server)
    before = server.state()
    faults, slowest = [], 0
    counts = collections.Counter()
    bodies = [json.dumps({"restore_from": path}).encode()
              for path in listed(root) + list(invented(root, arguments.count, arguments.seed))]
    paths = [json.loads(body)["restore_from"] for body in bodies]
    # What is not a path, and paths that are not UTF-8.
    others = [b'{"restore_from": null}', b'{"restore_from": 7}', b'{"restore_from": ["roots/good"]}',
              b'{"restore_from": "\xff\xfe"}', b'{"restore_from": "\\ud800"}', b'{}', b'[]', b'',
              b'{"restore_from": "roots/good", "restore_from": "outside/secret"}']
    for body, path in zip(bodies + others, paths + [None] * len(others)):
        began = time.monotonic()
        status, content = server.post("/admin/models/a/swap", body)
        seconds = time.monotonic() - began
        slowest = max(slowest, seconds)
        counts[status] += 1
        allowed = path is not None and is_inside(path, root)
        if (status == 200) != allowed:
            faults.append(f"{body[:200]}: {status}")
        if status != 200:
            try:
                named = len(json.loads(content)["error"]["message"]) in range(12, 4000)
            except (ValueError, KeyError):
                named = False
            if not named or status not in (400, 413, 422):
                faults.append(f"{body[:200]}: no named error: {status} {content[:200]}")
        if seconds >= 1:
            faults.append(f"{body[:200]}: took {seconds:.2f} s")
        if reply(server) != before_text:
            faults.append(f"{body[:200]}: the replies have changed")
    after = server.state()
    return counts, faults, slowest, before, after


def opened_outside(trace, root):
    """Lines in which the server opened what lies where it may not go."""
    forbidden = [str(root / "outside"), str(root / "roots-besides"), '"/etc/passwd', '"/dev/zero',
                 '"/proc/self/root', '"/proc/self/mem', '"/proc/kmsg']
    return [line.strip()[:200] for line in trace.read_text(errors="replace").splitlines()
            if any(name in line for name in forbidden)
            and "ENOENT" not in line and "open" in line]


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        make_folders(root)
        model = {"key": "a", "model_name": str(root / "roots" / "good"), "sanitizer": "none"}
        configuration = {"models": [model], "model_roots": [str(root / "roots")], 
                         "prefix_cache": 0}
        command = arguments.server
        if os.geteuid() == 0 and shutil.which("setpriv"):
            # Root may read what is closed.
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", command]
            root.chmod(0o755)
        before_files = contents(root / "outside")
        with RunningServer(command, root, configuration) as server:
            trace, watcher = root / "trace", None
            if shutil.which("strace"):
                # What a descriptor leads to is in its name, by whatever path it was opened.
                watcher = subprocess.Popen(
                    ["strace", "-f", "-qq", "-y", "-o", str(trace), "-e", "trace=open,openat,openat2",
                     "-p", str(server.process.pid)], stderr=subprocess.DEVNULL)
                time.sleep(1)
            counts, faults, slowest, before, after = measure(server, arguments, root)
            if watcher:
                watcher.terminate()
                watcher.wait()
            status = server.end()
        opened = opened_outside(trace, root) if watcher else None
        (root / "roots" / "odd" / "closed").chmod(0o700)
        written = contents(root / "outside") != before_files
    result = {
        "paths": sum(counts.values()), "answers": counts, "faults": len(faults),
        "first_faults": faults[:10], "opened_outside": opened,
        "written_outside": written, "slowest_seconds": round(slowest, 3),
        "resident_bytes": [before[0], after[0]], "files": [before[1], after[1]],
        "threads": [before[2], after[2]], "exit_status": status,
        "passed": not faults and not opened and not written and status == 0 and after[1] <= before[1] + 1,
    }
    report(result)


if __name__ == "__main__":
    main()
