#!/usr/bin/env python3
"""Cuts the test fixtures into what the fuzz targets take, for the fuzzer to begin with.

    make_seeds.py FOLDER

Writes FOLDER/TARGET/NAME. An input of two files (see `Pieces.two`) has the first one's length
before it.
"""

import json
import pathlib
import re
import struct
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
FIXTURES = PROJECT / "Tests/Fixtures"
LARGEST = 20_000
# A target, and the fixtures that are inputs of it as they are.
WHOLE = {
    "safetensors": ["checkpoints/*.safetensors", "gpt2/variations/*.safetensors"],
    "npy": ["checkpoints/*.npy", "training_data/*.npy"],
    "npz": ["checkpoints/*.npz", "training_data/*.npz"],
    "hdf5": ["checkpoints/*.hdf5"],
    "model_configuration": ["gpt2/*/config.json", "models/*/config.json"],
    "json": ["gpt2/*/config.json"],
    "text_encodings": ["training_data/*.txt"],
}
SERVER = {
    "host": "0.0.0.0", "port": 8080, "threads": 2, "compat": "dixie", "insecure": False,
    "memory_limit": "8GB", "prefix_cache": "64MB", "cache_dir": "", "watch": True,
    "api_keys": ["a-plain-key-of-some-length", {"env": "DIXIE_KEY"},
                 {"id": "a", "sha256": "0" * 64, "scopes": ["infer"], "models": ["a"],
                  "rps": 1.5, "tpm": 1000}],
    "sessions": {"max": 10, "ttl": 60}, "allowed_hosts": ["example.org"], "model_roots": ["m"],
    "limits": {"body_bytes": "1MB", "connections": 10, "address_rps": 5, "queue": 4},
    "tls": {"port": 443, "certificates": [{"certificate": "chain.pem", "key": "key.pem"}]},
    "debug": False,
    "models": [{"key": "a", "model_name": "124M", "restore_from": "run", "weights": "int8",
                "kv": "f32", "ttl": 600, "pin": True, "preload": False, "sanitizer": "chatbot",
                "names": ["mom"], "persona": {"side": 0, "audience": "mom"},
                "generation": {"length": 60, "temperature": 0.3, "top_p": 0.9, "top_k": 40,
                               "penalize": 0, "stop": ["\n"]}}],
}
API = [
    {"model_key": "general", "raw_text": "Hi", "length": 5, "temperature": 0.5, "top_k": 40,
     "top_p": 0.9, "penalize": 0.5, "seed": 7, "stop": ["\n", "<EOM>"], "deadline_ms": 100,
     "truncate": True, "compat": "off", "format": "json", "stream": True},
    {"message": "Hi", "audience": "mom", "session_id": "a"},
    {"model": "general", "prompt": [1, 2, 3], "max_tokens": 5, "temperature": 1, "top_p": 0,
     "stop": "\n", "presence_penalty": -2.0, "frequency_penalty": 2, "n": 1, "best_of": 1,
     "logit_bias": {"50256": -100}, "echo": False, "suffix": "", "logprobs": None,
     "stream_options": {"include_usage": True}},
    {"prompt": ["one text"]}, {"prompt": [[1, 2]]},
]
LOGS = [
    "1|mom|Hi! <EOM>\n0|mom|Hello, son. <EOM>\n\n0|mom|é <EOM>",
    " |0|mom|a|b <EOM>\r\n1|dad|0|mom|c <EOM>\n0|mom|one\ntwo <EOM> 1|mom|three<EOM>",
]
TABLES = ["\0a,b\n1,2\n", "\1a,\"b \"\"c\"\"\"\n\"x\ny\",\n\n1,2", "~text\nhello\n"]
TEXTS = ["The cat's 12 o'clock  naïve\n\n\u65e5\u672c \U0001F600<|endoftext|>", "caf\u00c3\u00a9 &amp; \u2019"]


def unescaped(raw):
    """As `ProtocolCase` reads its cases; see Tests/TestSupport/ProtocolCase.swift."""
    raw = re.sub(r"\$\{rep:(.*?):(\d+)\}", lambda m: m[1] * min(int(m[2]), 300), raw, flags=re.S)
    names = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
    parts = re.split(r"\\(x[0-9a-fA-F]{2}|.)", raw)
    return b"".join(
        part.encode() if index % 2 == 0
        else bytes.fromhex(part[1:]) if len(part) == 3 else names.get(part, part.encode())
        for index, part in enumerate(parts))


def two(first, second):
    return struct.pack("<H", len(first)) + first + second


def seeds():
    """Every target, name and input."""
    for target, patterns in WHOLE.items():
        for pattern in patterns:
            for path in sorted(FIXTURES.glob(pattern)):
                yield target, f"{path.parent.name}-{path.name}", path.read_bytes()
    for line in (FIXTURES / "http/cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        raw = unescaped(case["raw"])
        yield "request_head", case["name"], raw
        head, end, body = raw.partition(b"\r\n\r\n")
        if end and b"chunked" in head:
            yield "chunked_body", case["name"], body
    for index in sorted(FIXTURES.glob("checkpoints/bundle-*.index")):
        shard = index.with_suffix(".data-00000-of-00001")
        data = shard.read_bytes() if shard.exists() else b""
        yield "bundle", index.name, two(index.read_bytes(), data)
    small = FIXTURES / "tokenizer/small"
    encoder = json.loads((small / "encoder.json").read_text())
    # The bytes and the mark of the end; and with the first merges, whose results come next.
    merges = (small / "vocab.bpe").read_text().splitlines()
    for count in (0, 12):
        names = list(encoder)[:256 + count]
        words = {name: number for number, name in enumerate(names + ["<|endoftext|>"])}
        yield "tokenizer_files", f"merges-{count}", two(
            json.dumps(words).encode(), "\n".join(merges[:1 + count]).encode())
    for target, texts in [
        ("chat_log", LOGS), ("csv", TABLES), ("tokenizer_text", TEXTS), ("text_encodings", TEXTS)
    ]:
        for number, text in enumerate(texts):
            yield target, f"made-{number}", text.encode()
    yield "server_configuration", "made", json.dumps(SERVER, indent=1).encode()
    sample = PROJECT / "server_config.json.sample"
    yield "server_configuration", "sample", sample.read_bytes()
    for number, body in enumerate(API):
        yield "api_request", f"made-{number}", json.dumps(body).encode()
        yield "json", f"made-{number}", json.dumps(body, indent=1).encode()


def main():
    folder = pathlib.Path(sys.argv[1])
    for target, name, contents in seeds():
        if len(contents) <= LARGEST:
            (folder / target).mkdir(parents=True, exist_ok=True)
            (folder / target / name).write_bytes(contents)


if __name__ == "__main__":
    main()
