"""tiktoken, or with `--weights huggingface` Hugging Face's tokenizers, on one thread.

Both are made from the model's own files: tiktoken would download its own.
"""

import json
import os
import pathlib

import worker

# GPT-2's pre-tokenizer, as tiktoken writes it.
WORDS = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def tiktoken_encoder(folder):
    import tiktoken

    vocabulary = json.loads((folder / "vocab.json").read_text())
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    letters |= {chr(256 + index): byte for index, byte in enumerate(others)}
    special = {"<|endoftext|>": vocabulary.pop("<|endoftext|>")}
    ranks = {bytes(letters[c] for c in token): rank for token, rank in vocabulary.items()}
    encoding = tiktoken.Encoding(
        "gpt2", pat_str=WORDS, mergeable_ranks=ranks, special_tokens=special
    )
    return encoding.encode_ordinary


def huggingface_encoder(folder):
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from tokenizers import ByteLevelBPETokenizer

    files = [str(folder / name) for name in ("vocab.json", "merges.txt")]
    tokenizer = ByteLevelBPETokenizer.from_file(*files)
    return lambda text: tokenizer.encode(text).ids


def main():
    options = worker.arguments()
    make = huggingface_encoder if options.weights == "huggingface" else tiktoken_encoder
    encode = make(pathlib.Path(options.model))
    text = pathlib.Path(options.text).read_text()
    median = worker.seconds(lambda: worker.timed(lambda: encode(text)), options.repeats)
    rate = len(text.encode()) / median
    print(json.dumps({"bytes_per_second": rate, "tokens": len(encode(text))}))


if __name__ == "__main__":
    main()
