"""GPT-2 in PyTorch: pre-LN, tanh GELU, learned positions, tied embeddings, Conv1D weights.

Shapes: B batch, T time, C channels, H heads, D head width, L layers, V vocabulary.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Hyperparameters:
    n_vocab: int
    n_ctx: int
    n_embd: int
    n_head: int
    n_layer: int


class Conv1D(nn.Module):
    """A linear layer with its weight as [in, out], the way GPT-2 stores it."""

    def __init__(self, inputs, outputs, deviation):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * deviation)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return torch.matmul(x, self.weight) + self.bias


class Attention(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.heads = hp.n_head
        self.c_attn = Conv1D(hp.n_embd, 3 * hp.n_embd, 0.02)
        self.c_proj = Conv1D(hp.n_embd, hp.n_embd, 0.02 / (2 * hp.n_layer) ** 0.5)

    def forward(self, x):  # [B, T, C] -> [B, T, C]
        B, T, C = x.shape
        q, k, v = (
            part.view(B, T, self.heads, C // self.heads).transpose(1, 2)  # [B, H, T, D]
            for part in self.c_attn(x).split(C, dim=2)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(mixed.transpose(1, 2).reshape(B, T, C))


class FeedForward(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.c_fc = Conv1D(hp.n_embd, 4 * hp.n_embd, 0.02)
        self.c_proj = Conv1D(4 * hp.n_embd, hp.n_embd, 0.02 / (2 * hp.n_layer) ** 0.5)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.ln_1 = nn.LayerNorm(hp.n_embd, eps=1e-5)
        self.attn = Attention(hp)
        self.ln_2 = nn.LayerNorm(hp.n_embd, eps=1e-5)
        self.mlp = FeedForward(hp)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT2(nn.Module):
    """The attribute names are Hugging Face's, so `state_dict` is the checkpoint."""

    def __init__(self, hp):
        super().__init__()
        self.hyperparameters = hp
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(hp.n_vocab, hp.n_embd),
                "wpe": nn.Embedding(hp.n_ctx, hp.n_embd),
                "h": nn.ModuleList(Block(hp) for _ in range(hp.n_layer)),
                "ln_f": nn.LayerNorm(hp.n_embd, eps=1e-5),
            }
        )
        nn.init.normal_(self.transformer["wte"].weight, std=0.02)
        nn.init.normal_(self.transformer["wpe"].weight, std=0.01)

    def hidden(self, tokens):  # [B, T] -> [B, T, C]
        t = self.transformer
        x = t["wte"](tokens) + t["wpe"](torch.arange(tokens.shape[1]))
        for block in t["h"]:
            x = block(x)
        return t["ln_f"](x)

    def logits(self, hidden):  # [..., C] -> [..., V]
        return hidden @ self.transformer["wte"].weight.T

    @torch.no_grad()
    def greedy(self, prompt, length, ends):
        """The most likely continuation of `prompt` (token ids), until `ends(reply)` or `length`."""
        tokens, reply = list(prompt), []
        while len(reply) < length and not ends(reply):
            window = tokens[-self.hyperparameters.n_ctx :]
            reply.append(int(self.logits(self.hidden(torch.tensor([window]))[0, -1]).argmax()))
            tokens.append(reply[-1])
        return reply
