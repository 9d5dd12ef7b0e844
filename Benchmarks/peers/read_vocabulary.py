"""Writes GPT-2's encoder.json and vocab.bpe from the vocabulary that llama.cpp is tested with.

    read_vocabulary.py LLAMA_SOURCE FOLDER
"""

import json
import pathlib
import sys


def main():
    source, folder = map(pathlib.Path, sys.argv[1:])
    sys.path.insert(0, str(source / "gguf-py"))
    from gguf import GGUFReader

    reader = GGUFReader(source / "models/ggml-vocab-gpt-2.gguf")
    tokens = reader.get_field("tokenizer.ggml.tokens").contents()
    merges = reader.get_field("tokenizer.ggml.merges").contents()
    folder.mkdir(parents=True, exist_ok=True)
    ids = {token: index for index, token in enumerate(tokens)}
    (folder / "encoder.json").write_text(json.dumps(ids))
    (folder / "vocab.bpe").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


if __name__ == "__main__":
    main()
