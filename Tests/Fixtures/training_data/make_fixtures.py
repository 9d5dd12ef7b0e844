"""Writes the data sets that the training tests read, as other programs write them.

    python3 -m venv v && v/bin/pip install numpy==2.4.6
    v/bin/python make_fixtures.py
"""

import csv
import json
from pathlib import Path

import numpy as np

assert np.__version__ == "2.4.6"
HERE = Path(__file__).parent
SEED = 20200502

TEXT = "Voilà: “naïve” café, 3 €\nÜber ½ ‘Straße’ — žluťoučký kůň 😀\n"
# What cp1252 and latin-1 can say.
WESTERN = "Voilà: “naïve” café, 3 € — ‘Straße’ ž\n"
LATIN = "Voilà: naïve café, 3 £ ½ Straße\n"


def texts():
    (HERE / "utf-8.txt").write_bytes(TEXT.encode("utf-8"))
    (HERE / "utf-8-sig.txt").write_bytes(TEXT.encode("utf-8-sig"))
    (HERE / "utf-16.txt").write_bytes(TEXT.encode("utf-16"))
    (HERE / "utf-16-be.txt").write_bytes(TEXT.encode("utf-16-be"))
    (HERE / "cp1252.txt").write_bytes(WESTERN.encode("cp1252"))
    (HERE / "latin-1.txt").write_bytes(LATIN.encode("latin-1"))


def arrays():
    random = np.random.default_rng(SEED)
    # As the original's encode.py: one array of 64-bit ids a chunk.
    chunks = [random.integers(0, 1000, count) for count in (40, 7, 25)]
    np.savez_compressed(HERE / "chunks.npz", *chunks)
    # As nanoGPT's and build-nanogpt's preparation: 16 bits.
    stream = random.integers(0, 1000, 100).astype(np.uint16)
    np.save(HERE / "shard_val_000000.npy", stream[:20])
    np.save(HERE / "shard_train_000001.npy", stream[20:60])
    np.save(HERE / "shard_train_000002.npy", stream[60:])
    stream.tofile(HERE / "stream.bin")
    return {"chunks": [c.tolist() for c in chunks], "stream": stream.tolist()}


def table():
    rows = [
        ["text", "who", "note, if any"],
        ["plain", "mom", ""],
        ["with, comma", "dad", "x"],
        ['with "quotes"', "sam", 'all: ",\n"'],
        ["over\ntwo lines", "mom", " spaces "],
        ["", "dad", "empty first"],
    ]
    with open(HERE / "table.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    # As gpt-2-simple's load_dataset.
    with open(HERE / "table.csv", encoding="utf-8") as file:
        read = list(csv.reader(file))[1:]
    return [
        "".join("<|startoftext|>" + row[column] + "<|endoftext|>\n" for row in read)
        for column in range(3)
    ]


texts()
expected = arrays()
expected["columns"] = table()
expected["texts"] = {"text": TEXT, "western": WESTERN, "latin": LATIN}
(HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
