#!/usr/bin/env python3
"""Trains with PyTorch what `bin/train` trains: the same start, windows, steps and validation.

    python3 train_torch.py START SHARDS --steps 2000 --learning_rate 1e-3 ... > torch.csv

START is a Hugging Face folder (config.json and model.safetensors) with the weights to begin with;
SHARDS a folder of uint16 .npy shards as `dixie encode --shards` writes. Windows follow one another
through the training shards and begin again after the last, as `bin/train` takes them. Prints
`step,loss,val_loss` a row a step.
"""

import argparse
import math
import pathlib
import time

import numpy as np
import torch
import transformers


def tokens(folder, split):
    files = sorted(pathlib.Path(folder).glob(f"*_{split}_*.npy"))
    return torch.from_numpy(np.concatenate([np.load(file) for file in files]).astype(np.int64))


def windows(data, length, first, count):
    """Windows `first` and after of `length` tokens and the one after each: inputs, targets."""
    whole = (len(data) - 1) // length
    rows = [data[(i % whole) * length:][:length + 1] for i in range(first, first + count)]
    return torch.stack([row[:-1] for row in rows]), torch.stack([row[1:] for row in rows])


def loss_of(model, inputs, targets):
    return torch.nn.functional.cross_entropy(model(inputs).logits.flatten(0, 1), targets.flatten())


def rate(options, step):
    if step < options.warmup:
        return options.learning_rate * (step + 1) / options.warmup
    lowest = options.learning_rate * options.lr_fraction
    done = (step - options.warmup) / (options.steps - options.warmup)
    return lowest + (options.learning_rate - lowest) * 0.5 * (1 + math.cos(math.pi * done))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("start")
    parser.add_argument("shards")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch_size", type=int, default=8)
    parser.add_argument("--sample_ctx", type=int, required=True)
    parser.add_argument("--learning_rate", type=float, default=1e-3)
    parser.add_argument("--lr_fraction", type=float, default=0.1)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--weight_decay", type=float, default=0.1)
    parser.add_argument("--beta2", type=float, default=0.99)
    parser.add_argument("--clip", type=float, default=1.0)
    parser.add_argument("--val_every", type=int, default=100)
    parser.add_argument("--val_windows", type=int, default=80)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = transformers.GPT2LMHeadModel.from_pretrained(
        options.start, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0).train()
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=options.weight_decay),
         dict(params=vectors, weight_decay=0.0)],
        lr=options.learning_rate, betas=(0.9, options.beta2), eps=1e-8)
    training, held = tokens(options.shards, "train"), tokens(options.shards, "val")
    print("step,loss,val_loss", flush=True)
    began = time.time()
    for step in range(options.steps):
        inputs, targets = windows(
            training, options.sample_ctx, step * options.batch_size, options.batch_size)
        loss = loss_of(model, inputs, targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), options.clip)
        for group in optimizer.param_groups:
            group["lr"] = rate(options, step)
        optimizer.step()
        validation = ""
        if step == 0 or (step + 1) % options.val_every == 0:
            with torch.no_grad():
                validation = np.mean([
                    loss_of(model, *windows(held, options.sample_ctx, i, 1)).item()
                    for i in range(options.val_windows)])
        print(f"{step + 1},{loss.item()},{validation}", flush=True)
    spent = time.time() - began
    import sys
    print(f"{options.steps * options.batch_size * options.sample_ctx / spent:.0f} tokens/s",
          file=sys.stderr)


if __name__ == "__main__":
    main()
