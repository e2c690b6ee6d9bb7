"""A small transformer learns to predict the bytes of a text, with captures along the way: the walk through docs/diagnose.md.

    python3 python/example_bytes.py TEXT CAPTURES [--steps 300] [--every 0 10 30 100 200 299]
    specgd diagnose CAPTURES/step*.safetensors --output diagnosis
"""

import argparse
import math
import os

import torch
from torch import nn
from torch.nn import functional as F

import specgd_capture


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), 1e-6

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv, self.proj, self.heads = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False), heads

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (part.reshape(batch, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(width // self.heads)
        scores = scores.masked_fill(torch.ones(length, length, device=x.device).triu(1).bool(), -math.inf)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc, self.proj = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        return self.proj(F.relu(self.fc(x)).square())


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn, self.norm2, self.mlp = RMSNorm(width), Attention(width, heads), RMSNorm(width), Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ByteModel(nn.Module):
    def __init__(self, width=64, heads=4, blocks=3, length=64):
        super().__init__()
        self.embed, self.position = nn.Embedding(256, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm, self.lm_head = RMSNorm(width), nn.Linear(width, 256, bias=False)

    def forward(self, tokens):
        x = self.embed(tokens) + self.position(torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.norm(x))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", nargs="+", help="text files")
    parser.add_argument("captures", help="folder for the captures")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--every", type=int, nargs="+", default=[0, 10, 30, 100, 200, 299], help="the steps to capture")
    arguments = parser.parse_args()
    os.makedirs(arguments.captures, exist_ok=True)
    torch.manual_seed(0)
    data = torch.tensor(list(b"".join(open(path, "rb").read() for path in arguments.text)))
    model = ByteModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.95))
    for step in range(arguments.steps):
        begin = torch.randint(len(data) - 65, (16,))
        batch = torch.stack([data[i : i + 65] for i in begin])
        optimizer.zero_grad()
        if step in arguments.every:
            path = "%s/step%04d.safetensors" % (arguments.captures, step)
            with specgd_capture.capture(model, path, step=step, split={"blocks.*.attn.qkv": ("q", "k", "v")}):
                loss = train(model, batch)
        else:
            loss = train(model, batch)
        optimizer.step()
        if step in arguments.every or step % 50 == 0:
            print("step %d: loss %.3f" % (step, loss), flush=True)


def train(model, batch):
    logits = model(batch[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, 256), batch[:, 1:].reshape(-1))
    loss.backward()
    return loss.item()


if __name__ == "__main__":
    main()
