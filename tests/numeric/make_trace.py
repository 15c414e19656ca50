#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes trace.bin, the fixture of test_trace.c: what PyTorch makes of some Adam steps of two small
nets of the paper's build (3 channels and 1), from fixed seeds.

usage: make_trace.py OUT        (Debian: python3-torch; made with 1.13)

Little-endian 32-bit words: the number of nets, then for each: side, channels, (kernel, channels,
pool) x 4, embedding, pictures, pairs, steps as integers; lr, beta1, beta2, eps; pictures [n, c, h, w];
pairs as (a, b, label), integers; all parameters in the order of the model file; embeddings and logits
before the first step; the loss of each step; all parameters after the last.
"""
import struct
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

STEPS = 8
PAIRS = [(0, 1, 1), (0, 2, 0), (1, 3, 0), (4, 5, 1), (2, 2, 1), (5, 3, 0), (4, 0, 0)]
ADAM = {'lr': 2e-3, 'betas': (0.9, 0.999), 'eps': 1e-7}


class Net(nn.Module):
    def __init__(self, side, channels, convs, embedding):
        super().__init__()
        self.pools = [pool for _, _, pool in convs]
        self.convs = nn.ModuleList()
        for kernel, out, pool in convs:
            self.convs.append(nn.Conv2d(channels, out, kernel))
            channels, side = out, side - kernel + 1
            side = (side + 1) // 2 if pool else side
        self.fc = nn.Linear(channels * side * side, embedding)
        self.head = nn.Linear(embedding, 1)

    def embed(self, x):
        for conv, pool in zip(self.convs, self.pools):
            x = F.relu(conv(x))
            x = F.max_pool2d(x, 2, 2, ceil_mode=True) if pool else x
        return torch.sigmoid(self.fc(x.flatten(1)))

    def logits(self, e):
        a, b = [p[0] for p in PAIRS], [p[1] for p in PAIRS]
        return self.head((e[a] - e[b]).abs()).view(-1)


def pictures(n, channels, side):
    """Patches of light and dark with some noise: unlike each other, as noise alone would not be."""
    patches = F.interpolate(torch.rand(n, channels, 4, 4), size=(side, side), mode='bilinear')
    return (1.6 * patches - 0.3).clamp(0, 1) * 0.9 + 0.1 * torch.rand(n, channels, side, side)


def floats(out, *tensors):
    for t in tensors:
        out.write(t.detach().contiguous().numpy().astype('<f4').tobytes())


def trace(out, seed, side, channels, convs, embedding):
    torch.manual_seed(seed)
    net = Net(side, channels, convs, embedding)
    for p in net.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
        else:
            nn.init.uniform_(p, -0.1, 0.1)
    # Embeddings all over 0..1. Near 0.5 the two pictures of a pair would pull fc's bias opposite ways
    # with the same strength, and Adam would make whole steps of the rounding error that is left.
    nn.init.xavier_uniform_(net.fc.weight, gain=12)
    x = pictures(6, channels, side)
    labels = torch.tensor([float(p[2]) for p in PAIRS])
    words = [side, channels] + [int(v) for c in convs for v in c]
    words += [embedding, len(x), len(PAIRS), STEPS]
    out.write(struct.pack('<%di' % len(words), *words))
    out.write(struct.pack('<4f', ADAM['lr'], *ADAM['betas'], ADAM['eps']))
    floats(out, x)
    for pair in PAIRS:
        out.write(struct.pack('<3i', *pair))
    floats(out, *net.parameters())
    e = net.embed(x)
    floats(out, e, net.logits(e))
    adam = torch.optim.Adam(net.parameters(), **ADAM)
    for step in range(STEPS):
        adam.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net.logits(net.embed(x)), labels)
        loss.backward()
        adam.step()
        floats(out, loss)
        print('side %d, step %d: loss %.6f' % (side, step + 1, loss))
    floats(out, *net.parameters())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    with open(sys.argv[1], 'wb') as out:
        out.write(struct.pack('<i', 2))
        trace(out, 1, 29, 3, [(5, 8, True), (3, 12, True), (2, 12, True), (2, 16, False)], 24)
        trace(out, 2, 37, 1, [(6, 6, True), (4, 9, True), (2, 10, True), (3, 17, False)], 33)


if __name__ == '__main__':
    main()
