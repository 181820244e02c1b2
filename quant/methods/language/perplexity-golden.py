"""Writes perplexity-golden.json: PyTorch's cross entropy on strided windows of a text, by a model that looks back on its whole window.

Run by quant/goldens/write.py. Arrays as base64 of their bytes.
"""

import base64
import json

import numpy as np
import torch
import torch.nn.functional as F


def encoded(tensor):
    return base64.b64encode(np.ascontiguousarray(tensor.numpy()).tobytes()).decode()


def main():
    random = np.random.default_rng(23)
    vocabulary, length = 7, 101
    here, before = (torch.from_numpy((random.normal(size=(vocabulary, vocabulary)) * 2).astype(np.float32)) for _ in range(2))
    tokens = torch.from_numpy(random.integers(vocabulary, size=length).astype(np.int64))

    def logits(window):
        sums = torch.cumsum(torch.cat([torch.zeros(1, vocabulary).double(), before[window[:-1]].double()]), 0)
        return here[window].double() + sums / torch.arange(1, len(window) + 1)[:, None]

    cases = []
    for context, stride in ((101, 101), (200, 200), (16, 16), (16, 8), (16, 1), (10, 3), (25, 25), (50, 50), (2, 1)):
        sum_nll, predicted, windows, reached = 0.0, 0, 0, 0
        for begin in range(0, length, stride):
            end = min(begin + context, length)
            window = tokens[begin:end]
            labels = window.clone()
            if reached > begin:
                labels[: reached - begin] = -100
            shifted = labels[1:]
            if len(shifted):
                sum_nll += float(F.cross_entropy(logits(window)[:-1], shifted, ignore_index=-100, reduction="sum"))
            predicted += int((shifted != -100).sum())
            windows += 1
            reached = end
            if end == length:
                break
        cases.append(dict(contextLength=context, stride=stride, meanNll=sum_nll / predicted, perplexity=float(np.exp(sum_nll / predicted)), predicted=predicted, windows=windows))
    print(json.dumps(dict(torch=torch.__version__, vocabulary=vocabulary, here=encoded(here), before=encoded(before), tokens=tokens.tolist(), cases=cases), separators=(",", ":")))


main()
