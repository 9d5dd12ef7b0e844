#!/usr/bin/env python3
"""Gives a running server thousands of damaged files, and looks at every answer.

    python3 Benchmarks/reliability/bad_files.py .build-release/release/server

Damaged checkpoints of each container, prepared weights, vocabularies and models' configurations by
/admin/models/{key}/swap, and damaged server_config.json by /admin/reload: each must be refused with a
named error, or load and answer. After each the model served before must say the same text as ever.
Prints one JSON object, and exits with 1 where the server ended, an answer was no named error or took
a second, a text changed, or memory grew by more than 64 MiB. Linux only: it reads /proc.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

import containers
import damages
from figures import report
from running_server import RunningServer

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
PROMPT = "The house"
MOST_SECONDS = 1
MOST_GROWTH = 64 << 20
SMALL = ("config.json", "vocab.json", "merges.txt")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("server", help="the program")
    parser.add_argument("--count", type=int, default=2000, help="damaged files of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", help="some of the kinds, with commas between")
    parser.add_argument("--keep", help="a folder for copies of files that were answered badly")
    return parser.parse_args()


class Cases:
    """The damaged files of each kind, in a folder below the model roots."""

    def __init__(self, folder):
        self.folder = folder
        red = FIXTURES / "models" / "red"
        self.small = {name: (red / name).read_bytes() for name in SMALL}
        self.safetensors = (red / "model.safetensors").read_bytes()
        self.tensors = containers.tensors_of(self.safetensors)
        self.npz = containers.npz(
            {name + ".npy": containers.npy(*tensor) for name, tensor in self.tensors.items()})
        self.index, self.data, self.entries = containers.bundle(self.tensors)
        checkpoints = FIXTURES / "checkpoints"
        self.hdf5 = {
            name: containers.larger_hdf5((checkpoints / "hdf5-gpt2.hdf5").read_bytes(), 1000)
            if name == "hdf5-gpt2.hdf5" else (checkpoints / name).read_bytes()
            for name in ("hdf5-gpt2.hdf5", "hdf5-wide-latest.hdf5", "hdf5-attributes-latest.hdf5",
                         "hdf5-v110.hdf5")}
        shape = {"vocab_size": 1000, "n_positions": 16, "n_embd": 8, "n_head": 2, "n_layer": 2}
        self.hdf5_config = json.dumps(
            {"model_type": "gpt2", "activation_function": "gelu_new"} | shape).encode()

    def begin(self, **other):
        """Empties the folder but for the files that are not damaged."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name, content in (self.small | other).items():
            (self.folder / name).write_bytes(content)

    def write(self, name, content):
        (self.folder / name).write_bytes(content)

    def make_safetensors(self, choose):
        self.begin()
        header = 8 + int.from_bytes(self.safetensors[:8], "little")
        if choose.random() < 0.3:
            content = damages.safetensors_bomb(self.safetensors, choose)
        elif choose.random() < 0.1:
            return self.make_sharded(choose, header)
        else:
            content = damages.damage(self.safetensors, choose, [(0, 16), (8, header)])
        self.write("model.safetensors", self.swapped(content, choose))

    def make_sharded(self, choose, header):
        """Two files behind an index; either may be the damaged one."""
        names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
        tensors = json.loads(self.safetensors[8:header])
        tensors = {name: entry for name, entry in tensors.items() if name != "__metadata__"}
        index = json.dumps({"metadata": {}, "weight_map": {
            name: names[number % 2] for number, name in enumerate(tensors)}}).encode()
        for part, name in enumerate(names):
            mine, data = {}, b""
            for number, (tensor, entry) in enumerate(tensors.items()):
                if number % 2 == part:
                    begin, end = entry["data_offsets"]
                    mine[tensor] = entry | {"data_offsets": [len(data), len(data) + end - begin]}
                    data += self.safetensors[header + begin:header + end]
            content = containers.safetensors_of(mine, data)
            self.write(name, damages.damage(content, choose, [(0, header // 2)])
                       if choose.random() < 0.3 else content)
        kind = choose.randrange(4)
        if kind == 0:
            index = damages.json_bomb(index, choose)
        elif kind == 1:
            index = damages.damage(index, choose, [])
        elif kind == 2:
            index = index.replace(names[0].encode(), choose.choice(
                ["../good/model.safetensors", "/etc/passwd", "", ".", "a\\u0000b", "config.json",
                 "model.safetensors.index.json"]).encode())
        self.write("model.safetensors.index.json", index)

    def make_npz(self, choose):
        self.begin()
        directory = self.npz.index(b"PK\x01\x02")
        if choose.random() < 0.3:
            content = damages.npz_bomb(self.tensors, choose)
        else:
            content = damages.damage(
                self.npz, choose, [(0, 256), (directory, len(self.npz)),
                                   (len(self.npz) - 22, len(self.npz))])
        self.write("model.npz", self.swapped(content, choose))

    def make_bundle(self, choose):
        self.begin()
        index, data = self.index, self.data
        kind = choose.random()
        if kind < 0.3:
            index = damages.bundle_bomb(self.entries, choose)
        elif kind < 0.8:
            index = damages.damage(index, choose, [(0, len(index)), (len(index) - 64, len(index))])
        else:
            data = damages.damage(data, choose, [])
        self.write("model-7.index", self.swapped(index, choose))
        self.write("model-7.data-00000-of-00001", self.swapped(data, choose))

    def make_hdf5(self, choose):
        self.begin(**{"config.json": self.hdf5_config})
        name = "hdf5-gpt2.hdf5" if choose.random() < 0.6 else choose.choice(list(self.hdf5))
        content = self.hdf5[name]
        # What is not weights lies in the first pages, and everywhere among the small arrays.
        structure = [(0, 96), (0, min(len(content), 40_000))]
        self.write("model-7.hdf5", self.swapped(damages.damage(content, choose, structure), choose))

    def swapped(self, content, choose):
        """One time in fifty, what a file of another kind holds."""
        if choose.random() > 0.02:
            return content
        return choose.choice([
            self.safetensors, self.npz, self.index, self.data, *self.hdf5.values(),
            *self.small.values(), b"", choose.randbytes(4096), b"\x80\x04K\x01.", b"GGUF" * 100])

    def make_prepared(self, choose):
        """Weights as they serve, left by the last load, are damaged; the checkpoint is whole."""
        path = self.folder / "weights.f32.packed"
        if not path.exists():
            self.begin(**{"model.safetensors": self.safetensors})
            return
        content = path.read_bytes()
        path.write_bytes(damages.damage(content, choose, [(0, 4096), (4000, 4096)]))

    def make_tokenizer(self, choose):
        names = choose.choice([("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")])
        self.begin(**{"model.safetensors": self.safetensors})
        for name, old in zip(names, ("vocab.json", "merges.txt")):
            (self.folder / old).unlink()
            self.write(name, self.small[old])
        which = choose.randrange(2)
        content = self.small[("vocab.json", "merges.txt")[which]]
        if choose.random() < 0.3:
            bomb = (damages.json_bomb, damages.merges_bomb)[which]
            content = bomb(content, choose)
        else:
            content = damages.damage(content, choose, [])
        self.write(names[which], self.swapped(content, choose))

    def make_configuration(self, choose):
        """A model's config.json, or hparams.json."""
        self.begin(**{"model.safetensors": self.safetensors})
        content = json.loads(self.small["config.json"])
        if choose.random() < 0.4:
            (self.folder / "config.json").unlink()
            content = {"n_vocab": 1000, "n_ctx": 128, "n_embd": 48, "n_head": 3, "n_layer": 2}
            name = "hparams.json"
        else:
            name = "config.json"
        text = json.dumps(content).encode()
        kind = choose.randrange(3)
        if kind == 0:
            text = damages.damage(text, choose, [])
        elif kind == 1:
            text = damages.json_bomb(text, choose)
        else:
            content[choose.choice(list(content))] = choose.choice(
                damages.EDGES + [-1, 1.5, None, "1", [], {}, True])
            text = json.dumps(content).encode()
        self.write(name, text)


class Trial:
    """One server, what was seen of it, and whether that was right."""

    def __init__(self, server, arguments, folder):
        self.server = server
        self.arguments = arguments
        self.good = str(folder / "good")
        self.case = folder / "case"
        self.cases = Cases(self.case)
        self.text = self.reply()[1]
        self.faults = []
        self.slowest = {}

    def reply(self):
        status, content = self.server.post("/invocations", {
            "model_key": "a", "raw_text": PROMPT, "length": 8, "temperature": 0, "format": "json"})
        reply = json.loads(content)
        return status, reply.get("text")

    def fault(self, kind, number, text):
        self.faults.append(f"{kind} {number}: {text}"[:600])
        if self.arguments.keep:
            target = pathlib.Path(self.arguments.keep) / f"{kind}-{number}"
            shutil.rmtree(target, ignore_errors=True)
            if self.case.exists():
                shutil.copytree(self.case, target)
            shutil.copy(self.server.configuration_path, target / "server_config.json")

    def call(self, kind, number, path, body):
        """The reply's status and content, its time counted."""
        began = time.monotonic()
        status, content = self.server.post(path, body)
        seconds = time.monotonic() - began
        self.slowest[kind] = max(self.slowest.get(kind, 0), seconds)
        if seconds >= MOST_SECONDS:
            self.fault(kind, number, f"took {seconds:.2f} s: {content[:200]}")
        if status != 200:
            sentence = self.sentence(content)
            if not sentence or status == 500 or status not in range(400, 600):
                self.fault(kind, number, f"no named error: {status} {content[:300]}")
        return status, content

    @staticmethod
    def sentence(content):
        """The error's text, where it is one that an owner can read."""
        try:
            message = json.loads(content)["error"]["message"]
        except (ValueError, KeyError, TypeError):
            return None
        unreadable = re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028-\u202e]", message)
        return None if unreadable or not 20 <= len(message) <= 40_000 else message

    def unchanged(self, kind, number):
        status, text = self.reply()
        if (status, text) != (200, self.text):
            self.fault(kind, number, f"the model served before says {status} {text!r}")

    def swap(self, kind, number, folder):
        return self.call(kind, number, "/admin/models/a/swap", {"restore_from": str(folder)})

    def files(self, kind, choose, counts):
        make = getattr(self.cases, "make_" + kind)
        for number in range(self.arguments.count):
            make(choose)
            status, content = self.swap(kind, number, self.case)
            counts[status] += 1
            if status == 200:
                # Weights are numbers: a damaged one may be any, even none, but there is an answer.
                version = json.loads(content)["model_version"]
                status, text = self.reply()
                if status == 200 and kind == "prepared" and text != self.text:
                    self.fault(kind, number, f"other weights are served: {version}")
                if status not in (200, 422, 500, 503):
                    self.fault(kind, number, f"loaded, and answers {status}")
                if self.swap(kind, number, self.good)[0] != 200:
                    self.fault(kind, number, "no way back")
            elif kind == "prepared":
                self.fault(kind, number, f"the checkpoint was not read instead: {content}")
            self.unchanged(kind, number)

    def server_config(self, choose, counts):
        good = self.server.configuration_path.read_bytes()
        fields = json.loads(good)
        for number in range(self.arguments.count):
            kind = choose.randrange(4)
            if kind == 0:
                content = damages.json_bomb(good, choose)
            elif kind == 1:
                section = choose.choice([fields, fields["models"][0], fields["limits"],
                                         fields["models"][0]["generation"]])
                name = choose.choice(list(section))
                old, section[name] = section[name], choose.choice(
                    damages.EDGES + [-1, 1.5, None, "", "x", [], {}, [{}], True, "8GB", "/dev/zero",
                                     "../..", "\0", "x" * 100_000])
                content = json.dumps(fields).encode()
                section[name] = old
            else:
                content = damages.damage(good, choose, [])
            self.server.configuration_path.write_bytes(content)
            status, _ = self.call("server_config", number, "/admin/reload", b"")
            counts[status] += 1
            if status == 200:
                self.server.configuration_path.write_bytes(good)
                if self.call("server_config", number, "/admin/reload", b"")[0] != 200:
                    self.fault("server_config", number, "no way back")
            self.unchanged("server_config", number)
        self.server.configuration_path.write_bytes(good)


KINDS = ["safetensors", "npz", "bundle", "hdf5", "prepared", "tokenizer", "configuration",
         "server_config"]


def measure(server, arguments, folder):
    trial = Trial(server, arguments, folder)
    kinds = arguments.kinds.split(",") if arguments.kinds else KINDS
    choose = random.Random(0)
    # What the first loads take is not what damaged ones leave behind.
    for kind in ("safetensors", "npz", "bundle", "hdf5"):
        getattr(trial.cases, "make_" + kind)(choose)
        trial.swap("first", 0, trial.case)
    for _ in range(50):
        trial.swap("first", 0, trial.good)
        trial.unchanged("first", 0)
    before = server.state()
    counts, resident = {}, {}
    for kind in kinds:
        began = time.monotonic()
        choose = random.Random(f"{arguments.seed} {kind}")
        counts[kind] = collections.Counter()
        try:
            if kind == "server_config":
                trial.server_config(choose, counts[kind])
            else:
                trial.files(kind, choose, counts[kind])
        except (OSError, ValueError) as error:
            trial.fault(kind, sum(counts[kind].values()), f"{type(error).__name__}: {error}")
            if not server.is_running:
                break
        resident[kind] = server.state()[0] if server.is_running else None
        print(f"{kind}: {dict(counts[kind])} in {time.monotonic() - began:.0f} s",
              file=sys.stderr)
    after = server.state() if server.is_running else (None, None, None)
    growth = after[0] - before[0] if server.is_running else None
    status = server.end()
    # Everything refused is in the log, and no prompt.
    log = server.log_path.read_text(errors="replace")
    refused = sum(count for kind in counts for code, count in counts[kind].items() if code != 200)
    in_log = len(re.findall(r"^\S+ error ", log, re.MULTILINE))
    return {
        "answers": counts, "faults": len(trial.faults), "first_faults": trial.faults[:10],
        "slowest_seconds": {kind: round(seconds, 3) for kind, seconds in trial.slowest.items()},
        "resident_bytes": [before[0], after[0]], "after_each_kind": resident, "growth": growth,
        "files": [before[1], after[1]], "threads": [before[2], after[2]], "exit_status": status,
        "refused": refused, "errors_in_log": in_log, "prompts_in_log": log.count(PROMPT),
        "passed": not trial.faults and status == 0 and growth is not None and growth <= MOST_GROWTH
        and after[1] <= before[1] and in_log >= refused and PROMPT not in log,
    }


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(FIXTURES / "models" / "red", folder / "good")
        model = {"key": "a", "model_name": str(folder / "good"), "sanitizer": "none",
                 "weights": "f32", "preload": True, "pin": False, "ttl": 0,
                 "generation": {"length": 8, "temperature": 0, "top_k": 40, "top_p": 0.9, "stop": []}}
        configuration = {"models": [model], "model_roots": [str(folder)], "host": "127.0.0.1",
                         "limits": {"queue": 64, "idle_seconds": 60}, "prefix_cache": "16MB",
                         "sessions": {"max": 10}, "memory_limit": "1GB"}
        with RunningServer(arguments.server, folder, configuration) as server:
            result = measure(server, arguments, folder)
    report(result)


if __name__ == "__main__":
    main()
