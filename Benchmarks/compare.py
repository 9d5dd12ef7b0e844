#!/usr/bin/env python3
"""Compares dixie with PyTorch and tiktoken on this machine, now: prints a Markdown table.

    compare.py MODEL [--dixie bin/dixie] [--rounds 5] [--text FILE] [--only decode,prefill,tokenize]

MODEL is a folder in Hugging Face's layout, such as make_checkpoint.py makes. The two programs take
turns, round by round, and the ratio is the median of the rounds' ratios: what else the machine does
meanwhile then hits both alike. Above 1, dixie is the faster one.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time

# GPT-2's pre-tokenizer, as tiktoken writes it.
WORDS = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


class Dixie:
    def __init__(self, program, model, threads, repeats):
        self.program, self.model = program, model
        self.threads, self.repeats = threads, repeats

    def bench(self, what, **options):
        command = [self.program, "bench", what, "--restore_from", self.model, "--json"]
        options = dict(threads=self.threads, repeats=self.repeats, **options)
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


class PyTorch:
    """Hugging Face's GPT-2 with its key-value cache, in f32."""

    def __init__(self, model, threads, repeats):
        import torch
        from transformers import GPT2LMHeadModel

        torch.set_num_threads(threads)
        self.torch, self.repeats = torch, repeats
        self.model = GPT2LMHeadModel.from_pretrained(model, dtype=torch.float32).eval()

    def prompts(self, batch, length):
        generator = self.torch.Generator().manual_seed(1)
        size = self.model.config.vocab_size
        return self.torch.randint(size, (batch, length), generator=generator)

    def median_seconds(self, measure):
        """The median of the repeats, after one to warm up: what dixie prints too."""
        with self.torch.inference_mode():
            measure()
            return statistics.median(measure() for _ in range(self.repeats))

    def decode(self, batch, prompt, tokens):
        ids = self.prompts(batch, prompt)

        def measure():
            out = self.model(ids, use_cache=True, logits_to_keep=1)
            last = out.logits[:, -1].argmax(-1, keepdim=True)
            start = time.perf_counter()
            for _ in range(tokens):
                out = self.model(last, past_key_values=out.past_key_values, use_cache=True)
                last = out.logits[:, -1].argmax(-1, keepdim=True)
            return time.perf_counter() - start

        return batch * tokens / self.median_seconds(measure)

    def prefill(self, batch, prompt):
        ids = self.prompts(batch, prompt)

        def measure():
            start = time.perf_counter()
            self.model(ids, use_cache=True, logits_to_keep=1)
            return time.perf_counter() - start

        return batch * prompt / self.median_seconds(measure)


class Tiktoken:
    """The encoding is made from the model's own files: tiktoken would download it."""

    def __init__(self, model, repeats):
        import tiktoken

        self.repeats = repeats
        vocabulary = json.loads((pathlib.Path(model) / "vocab.json").read_text())
        printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
        others = [byte for byte in range(256) if byte not in printable]
        letters = {chr(byte): byte for byte in printable}
        letters |= {chr(256 + index): byte for index, byte in enumerate(others)}
        special = {"<|endoftext|>": vocabulary.pop("<|endoftext|>")}
        ranks = {bytes(letters[c] for c in token): rank for token, rank in vocabulary.items()}
        self.encoding = tiktoken.Encoding(
            "gpt2", pat_str=WORDS, mergeable_ranks=ranks, special_tokens=special
        )

    def tokenize(self, text):
        """Megabytes a second, and how many tokens there were."""
        tokens = self.encoding.encode_ordinary(text)
        times = []
        for _ in range(self.repeats):
            start = time.perf_counter()
            self.encoding.encode_ordinary(text)
            times.append(time.perf_counter() - start)
        return len(text.encode()) / 1e6 / statistics.median(times), len(tokens)


def alternate(rounds, dixie, peer):
    """Both programs' medians, and the median of the rounds' ratios with their range."""
    pairs = []
    for index in range(rounds):
        # Who goes first changes, so that neither always finds the machine as the other left it.
        first, second = (dixie, peer) if index % 2 == 0 else (peer, dixie)
        results = [first(), second()]
        pairs.append(results if index % 2 == 0 else results[::-1])
    ratios = [ours / theirs for ours, theirs in pairs]
    return [statistics.median(side) for side in zip(*pairs)], ratios


def print_row(work, peer, medians, ratios, unit):
    ours, theirs = medians
    ratio = statistics.median(ratios)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"| {work} | {ours:.1f} {unit} | {peer} {theirs:.1f} {unit} | {ratio:.2f} | {spread} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("model", help="a folder in Hugging Face's layout")
    parser.add_argument("--dixie", default=str(here.parent / "bin" / "dixie"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3, help="in each round")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, default=16, help="before decoding")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--text", type=pathlib.Path, help="to tokenize")
    parser.add_argument("--only", default="decode,prefill,tokenize")
    arguments = parser.parse_args()
    works = arguments.only.split(",")

    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"{arguments.threads} threads, {arguments.rounds} rounds, f32.")
    print(f"Load before: {os.getloadavg()[0]:.1f}.\n")
    print("| work | dixie | other | ratio | range |\n|---|---|---|---|---|", flush=True)
    dixie = Dixie(arguments.dixie, arguments.model, arguments.threads, arguments.repeats)

    def rate(what, **options):
        return lambda: dixie.bench(what, **options)["tokens_per_second"]

    if {"decode", "prefill"} & set(works):
        torch = PyTorch(arguments.model, arguments.threads, arguments.repeats)
        if "decode" in works:
            size = dict(batch=1, prompt=arguments.prompt, tokens=arguments.tokens)
            results = alternate(
                arguments.rounds, rate("decode", **size), lambda: torch.decode(**size)
            )
            work = f"decode {size['tokens']} tokens after {size['prompt']}"
            print_row(work, "PyTorch", *results, "tokens/s")
        if "prefill" in works:
            size = dict(batch=1, prompt=512)
            results = alternate(
                arguments.rounds, rate("prefill", **size), lambda: torch.prefill(**size)
            )
            print_row("prefill 512 tokens", "PyTorch", *results, "tokens/s")
    if "tokenize" in works and arguments.text:
        text = arguments.text.read_text()
        tiktoken = Tiktoken(arguments.model, arguments.repeats)
        counts = set()

        def ours():
            result = dixie.bench("tokenize", text=arguments.text)
            counts.add(result["tokens"])
            return result["bytes_per_second"] / 1e6

        def theirs():
            rate, count = tiktoken.tokenize(text)
            counts.add(count)
            return rate

        results = alternate(arguments.rounds, ours, theirs)
        assert len(counts) == 1, f"the programs made different numbers of tokens: {counts}"
        print_row(f"tokenize {arguments.text.name}", "tiktoken", *results, "MB/s")
    print(f"\nLoad after: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
