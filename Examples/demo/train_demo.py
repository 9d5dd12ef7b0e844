#!/usr/bin/env python3
"""Trains the demo models on the CPU and writes them to ../models. Needs `pip install -r requirements.txt`.

    python3 train_demo.py general    # Hugging Face's layout; prints the score on questions.json
    python3 train_demo.py chatbot    # this project's run layout
"""

import argparse
import json
import random
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import ByteLevelBPETokenizer

import generate_dialogue
from gpt2 import GPT2, Hyperparameters
from muon import Muon

MODELS = Path(__file__).resolve().parent.parent / "models"
END_OF_TEXT = "<|endoftext|>"
SEED = 7
BATCH_TOKENS = 2048
PEAK_RATE = 3e-3
WARMUP_STEPS = 60


@dataclass(frozen=True)
class Recipe:
    documents: list
    replies: str  # a pattern of what is learnt; all else is only read
    row_lengths: tuple  # the row length of each batch is drawn from these
    steps: int
    n_vocab: int


def recipe(name):
    if name == "general":
        documents, left_out = generate_dialogue.general()
        print(f"{left_out} questions left out for sharing four words with questions.json")
        return Recipe(documents, r"\n[\s\S]*", (64, 64, 64, 64, 64, 256), 1300, 2048)
    documents, _ = generate_dialogue.chatbot()
    # The persona's lines: what a user says next is nothing to learn by heart.
    return Recipe(documents, r"(?:^|\n)0\|[^\n]*", (128, 128, 128, 256), 1500, 2048)


def train_tokenizer(documents, n_vocab):
    """Byte-level BPE with GPT-2's pre-tokenizer; `<|endoftext|>` takes the last id."""
    tokenizer = ByteLevelBPETokenizer(add_prefix_space=False)
    tokenizer.train_from_iterator(
        documents, vocab_size=n_vocab - 1, min_frequency=2, show_progress=False
    )
    return tokenizer


def encode(tokenizer, document, replies):
    """Token ids, and for each whether it is to be learnt."""
    encoding = tokenizer.encode(document)
    spans = [match.span() for match in re.finditer(replies, document)]
    learnt = [any(low <= start < high for low, high in spans) for start, _ in encoding.offsets]
    return encoding.ids, learnt


def rows(encoded, source, recipe):
    """Batches of rows without end. Every row begins where a document begins."""
    order = []
    while True:
        length = source.choice(recipe.row_lengths)
        batch = []
        for _ in range(BATCH_TOKENS // length):
            tokens, learnt = [], []
            while len(tokens) <= length:
                if not order:
                    order = source.sample(range(len(encoded)), len(encoded))
                more, mask = encoded[order.pop()]
                tokens += more
                learnt += mask
            batch.append((tokens[: length + 1], learnt[: length + 1]))
        yield (
            torch.tensor([tokens for tokens, _ in batch]),  # [B, T + 1]
            torch.tensor([learnt for _, learnt in batch]),
        )


def optimizers(model):
    """Muon for the matrices inside the blocks, AdamW for everything else."""
    matrices = [p for p in model.transformer["h"].parameters() if p.ndim == 2]
    inside = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in inside]
    return (
        Muon(matrices, lr=PEAK_RATE),
        torch.optim.AdamW(others, lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    )


def rate(step, steps):
    """Up over the warm-up, level, then straight down to nothing over the last 60 %."""
    return PEAK_RATE * min(1, (step + 1) / WARMUP_STEPS, (steps - step) / (0.6 * steps))


def train(model, encoded, recipe):
    chosen, began, average = optimizers(model), time.time(), None
    batches = rows(encoded, random.Random(SEED), recipe)
    for step in range(recipe.steps):
        tokens, learnt = next(batches)
        hidden = model.hidden(tokens[:, :-1])  # [B, T, C]
        mask = learnt[:, 1:]
        loss = F.cross_entropy(model.logits(hidden[mask]), tokens[:, 1:][mask])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in chosen:
            for group in optimizer.param_groups:
                group["lr"] = rate(step, recipe.steps)
            optimizer.step()
            optimizer.zero_grad()
        average = loss.item() if average is None else 0.95 * average + 0.05 * loss.item()
        if (step + 1) % 50 == 0:
            pace = (step + 1) / (time.time() - began)
            left = (recipe.steps - step - 1) / pace
            print(f"step {step + 1}/{recipe.steps}  loss {average:.4f}  {left:.0f} s left", flush=True)


def write(name, model, tokenizer, steps):
    """The model in half precision: `general` as Hugging Face lays it out, `chatbot` as a run of ours."""
    hp = asdict(model.hyperparameters)
    folder = MODELS / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    vocabulary = tokenizer.get_vocab()
    vocabulary[END_OF_TEXT] = len(vocabulary)
    ordered = dict(sorted(vocabulary.items(), key=lambda entry: entry[1]))
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    merge_lines = [pair if isinstance(pair, str) else " ".join(pair) for pair in merges]
    merge_text = "\n".join(["#version: 0.2", *merge_lines, ""])
    if name == "general":
        config = {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "activation_function": "gelu_new",
            "layer_norm_epsilon": 1e-5,
            "vocab_size": hp["n_vocab"],
            "n_positions": hp["n_ctx"],
            "n_ctx": hp["n_ctx"],
            "n_embd": hp["n_embd"],
            "n_head": hp["n_head"],
            "n_layer": hp["n_layer"],
            "bos_token_id": hp["n_vocab"] - 1,
            "eos_token_id": hp["n_vocab"] - 1,
            "tie_word_embeddings": True,
        }
        names = ("config.json", "vocab.json", "merges.txt", "model.safetensors")
    else:
        config = hp
        names = ("hparams.json", "encoder.json", "vocab.bpe", f"model-{steps}.safetensors")
    (folder / names[0]).write_text(json.dumps(config, indent=2) + "\n")
    (folder / names[1]).write_text(json.dumps(ordered) + "\n")
    (folder / names[2]).write_text(merge_text)
    weights = {key: value.half().contiguous() for key, value in model.state_dict().items()}
    save_file(weights, str(folder / names[3]), metadata={"format": "pt"})
    (folder / names[3]).chmod(0o644)
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"wrote {folder} ({size / 1e6:.2f} MB)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=("general", "chatbot"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="fewer or more than the recipe's")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    how = recipe(options.name)
    if options.steps:
        how = Recipe(**{**vars(how), "steps": options.steps})
    tokenizer = train_tokenizer(how.documents, how.n_vocab)
    encoded = [encode(tokenizer, document, how.replies) for document in how.documents]
    hp = Hyperparameters(tokenizer.get_vocab_size() + 1, n_ctx=256, n_embd=128, n_head=4, n_layer=4)
    model = GPT2(hp)
    print(
        f"{len(encoded)} documents, {sum(len(ids) for ids, _ in encoded)} tokens; {hp}, "
        f"{sum(p.numel() for p in model.parameters())} weights"
    )
    train(model, encoded, how)
    write(options.name, model, tokenizer, how.steps)
    if options.name == "general":
        import check_questions

        check_questions.main([])


if __name__ == "__main__":
    main()
