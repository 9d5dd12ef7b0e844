#!/usr/bin/env python3
"""Fine-tunes one checkpoint with `train` and with PyTorch, in turn, and prints speed and memory.

    python3 compare_training.py MODEL TEXT --train ../.build-release/release/train --rounds 3

MODEL is a Hugging Face folder, such as `make_checkpoint.py` writes; TEXT a file to learn. Each
program runs alone, for as many rounds as it is told; who goes first changes. Speed is the median of
the steps after the first; memory the most that the process ever held.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

CASES = {
    "Adam": ([], {}),
    "Adam, blocks computed again": (["--memory_saving_gradients"], {"checkpointing": True}),
    "SGD, blocks computed again": (
        ["--optimizer", "sgd", "--memory_saving_gradients"],
        {"optimizer": "sgd", "checkpointing": True}),
}


def torch_steps(options):
    """What a child process does: trains and prints seconds a step."""
    import time

    import torch
    import transformers

    torch.set_num_threads(options["threads"])
    model = transformers.GPT2LMHeadModel.from_pretrained(
        options["model"], attn_pdrop=0, embd_pdrop=0, resid_pdrop=0).train()
    if options.get("checkpointing"):
        model.gradient_checkpointing_enable()
    make = torch.optim.SGD if options.get("optimizer") == "sgd" else torch.optim.Adam
    optimizer = make(model.parameters(), lr=2e-5)
    generator = torch.Generator().manual_seed(1)
    for _ in range(options["steps"]):
        tokens = torch.randint(0, model.config.vocab_size, (1, 1025), generator=generator)
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        logits = model(tokens[:, :-1], use_cache=False).logits
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[0, 1:]).backward()
        optimizer.step()
        print(time.perf_counter() - began, flush=True)


def run(command, folder):
    """Runs to the end: standard output, and the peak of the resident memory in bytes."""
    with open(pathlib.Path(folder) / "errors", "wb") as errors:
        child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors)
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit((pathlib.Path(folder) / "errors").read_text())
    return output, usage.ru_maxrss * 1024


def ours(options, flags):
    with tempfile.TemporaryDirectory() as folder:
        _, memory = run(
            [options.train, "--model_name", options.model, "--dataset", options.text, "--steps",
             str(options.steps), "--sample_every", "0", "--seed", "1", "--threads",
             str(options.threads), *flags], folder)
        with open(f"{folder}/checkpoint/run1/loss.csv", encoding="utf-8") as table:
            speeds = [float(row["tokens_per_second"]) for row in csv.DictReader(table)]
    return statistics.median(speeds[1:]), memory


def theirs(options, more):
    settings = dict(
        model=options.model, steps=options.steps, threads=options.threads, **more)
    with tempfile.TemporaryDirectory() as folder:
        output, memory = run(
            [sys.executable, os.path.abspath(__file__), "--torch", json.dumps(settings)], folder)
    return 1024 / statistics.median([float(line) for line in output.split()][1:]), memory


def main():
    if sys.argv[1:2] == ["--torch"]:
        return torch_steps(json.loads(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=os.path.abspath)
    parser.add_argument("text", type=os.path.abspath)
    parser.add_argument("--train", type=os.path.abspath, default=".build-release/release/train")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} before", file=sys.stderr)
    print("| training 1 x 1024 | dixie tokens/s | PyTorch tokens/s | ratio (range) "
          "| dixie peak | PyTorch peak |\n|---|---|---|---|---|---|")
    for name, (flags, more) in CASES.items():
        rounds = []
        for number in range(options.rounds):
            if number % 2:
                them = theirs(options, more)
                rounds.append((ours(options, flags), them))
            else:
                us = ours(options, flags)
                rounds.append((us, theirs(options, more)))
        ratios = [us[0] / them[0] for us, them in rounds]
        speed = [statistics.median(side[i][0] for side in rounds) for i in (0, 1)]
        peak = [max(side[i][1] for side in rounds) / 1e9 for i in (0, 1)]
        print(f"| {name} | {speed[0]:.0f} | {speed[1]:.0f} | {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f}) | {peak[0]:.2f} GB | {peak[1]:.2f} GB |",
              flush=True)
    print(f"load {os.getloadavg()[0]:.1f} after", file=sys.stderr)


if __name__ == "__main__":
    main()
