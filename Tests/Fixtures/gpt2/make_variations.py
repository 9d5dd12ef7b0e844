#!/usr/bin/env python3
"""Makes `variations/`: one small GPT-2 in every form of file that is accepted, and one that is not.

    pip install torch==2.15.0 safetensors==0.8.0 numpy
    python3 make_variations.py

Every value is a multiple of 1/64 below 2, which f16 and bf16 hold as exactly as f32.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent / "variations"
SIZES = dict(vocab_size=11, n_positions=8, n_embd=8, n_head=2, n_layer=2)


def plain_tensors():
    generator = torch.Generator().manual_seed(20261121)
    width = SIZES["n_embd"]
    shapes = {"wte.weight": (SIZES["vocab_size"], width), "wpe.weight": (SIZES["n_positions"], width)}
    for layer in range(SIZES["n_layer"]):
        for name, inner, outer in [("attn.c_attn", 1, 3), ("attn.c_proj", 1, 1),
                                   ("mlp.c_fc", 1, 4), ("mlp.c_proj", 4, 1)]:
            shapes[f"h.{layer}.{name}.weight"] = (inner * width, outer * width)
            shapes[f"h.{layer}.{name}.bias"] = (outer * width,)
        for name in ["ln_1", "ln_2"]:
            shapes[f"h.{layer}.{name}.weight"] = (width,)
            shapes[f"h.{layer}.{name}.bias"] = (width,)
    shapes["ln_f.weight"] = shapes["ln_f.bias"] = (width,)
    return {name: torch.randint(-127, 128, shape, generator=generator) / 64
            for name, shape in shapes.items()}


def tensorflow_name(name):
    norm = "ln_" in name
    if name in ("wte.weight", "wpe.weight"):
        return "model/" + name[:3]
    return ("model/" + name.removesuffix(".weight").removesuffix(".bias")
            .replace("h.", "h", 1 if name.startswith("h.") else 0).replace(".", "/")
            + ("/b" if name.endswith("bias") else "/g" if norm else "/w"))


def padded(embedding, rows):
    return torch.cat([embedding, torch.full((rows, embedding.shape[1]), 1.5)])


def main():
    HERE.mkdir(exist_ok=True)
    (HERE / "config.json").write_text(json.dumps({"model_type": "gpt2", **SIZES}, indent=1) + "\n")
    plain = plain_tensors()
    original = {tensorflow_name(name): value for name, value in plain.items()}
    with_units = {name: value[None] if value.dim() == 2 and name[-1] == "w" else value
                  for name, value in original.items()}
    masks = {}
    for layer in range(SIZES["n_layer"]):
        masks[f"h.{layer}.attn.bias"] = torch.ones(1, 1, 8, 8, dtype=torch.uint8).tril()
        masks[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    slots = {f"{name}/{slot}": value * 0 for name, value in original.items()
             for slot in ("Adam", "Adam_1")}
    slots |= {"beta1_power": torch.tensor(0.9), "beta2_power": torch.tensor(0.999),
              "global_step": torch.tensor(500)}
    wte = plain["wte.weight"]
    variations = {
        "f32": plain,
        "f16": {name: value.half() for name, value in plain.items()},
        "bf16": {name: value.bfloat16() for name, value in plain.items()},
        "prefixed": {"transformer." + name: value for name, value in plain.items()},
        "masks": plain | masks,
        "tied-head": plain | {"lm_head.weight": wte.clone()},
        "other-head": plain | {"lm_head.weight": wte.roll(1, 0).contiguous()},
        "padded": plain | {"wte.weight": padded(wte, 5), "lm_head.weight": padded(wte, 5)},
        "tensorflow": original,
        "tensorflow-outputs": {name + ":0": value for name, value in original.items()},
        "unit-dimension": with_units,
        "padded-unit-dimension": with_units | {"model/wte": padded(wte, 5)[None]},
        "optimizer-slots": original | slots,
    }
    for name, tensors in variations.items():
        narrow = {key: value.half() if value.dtype == torch.float32 and name not in ("f32",)
                  and "mask" not in key else value for key, value in tensors.items()}
        save_file(narrow, HERE / f"{name}.safetensors")


main()
