"""The peer on the GPU: skip-gram with negative sampling as one writes it in PyTorch, with large batches.

Sparse embeddings and SparseAdam; examples are drawn on the GPU, too. Subsampling, windows and negatives follow the same
distributions as wordvec's (not the same draws); negatives are drawn for each pair.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from benchmarks.contenders import Job, Training

CENTRES = 16_384  # in a batch: some 70,000 pairs
LEARNING_RATE = 0.001  # SparseAdam's own; SGD at word2vec's rate diverges with batches this large


class TorchSkipGram:
    """nn.Embedding(sparse=True) twice, logsigmoid, SparseAdam, on the GPU (or where told, for tests)."""

    package, extra = "torch", "bench"
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, device: str = "cuda", centres: int = CENTRES, learning_rate: float = LEARNING_RATE) -> None:
        self.device, self.centres, self.learning_rate = device, centres, learning_rate

    def train(self, job: Job) -> Training:
        from benchmarks.contenders import Training
        from benchmarks.process import peak_memory

        result = Training()
        if job.model != "skipgram":
            raise SystemExit("torch-gpu trains skip-gram only")
        with result.stage("import"):
            import torch

            from wordvec.corpus import Corpus
        with result.stage("vocabulary"):
            corpus = Corpus.build(job.corpus, tokenizer="whitespace", min_count=job.min_count, show_progress=False)
        with result.stage("prepare"):
            torch.manual_seed(job.seed)
            text = _text_on_device(torch, corpus, job, self.device)
            W_in, W_out = _tables(torch, len(corpus.vocabulary), job.dim, self.device)
            optimizer = torch.optim.SparseAdam([W_in.weight, W_out.weight], lr=self.learning_rate)
        start = time.perf_counter()
        for _ in range(job.epochs):
            total, pairs = 0.0, 0
            for inputs, outputs in _pairs(torch, text, job, self.centres):
                loss = _loss(torch, W_in, W_out, text, inputs, outputs, job.negatives)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total, pairs = total + loss.detach(), pairs + len(inputs)
            result.loss.append(float(total) / max(pairs, 1))  # waits for the GPU
        result.seconds["train"] = time.perf_counter() - start
        result.memory = peak_memory()
        vocabulary = corpus.vocabulary
        result.words, result.counts = list(vocabulary.words), vocabulary.counts
        result.matrix = W_in.weight.detach().cpu().numpy()
        return result


def _text_on_device(torch: Any, corpus: Any, job: Job, device: str) -> dict[str, Any]:
    import numpy as np

    from wordvec.corpus.draws.sampling import keep_probabilities

    counts = corpus.vocabulary.counts
    sentences = np.repeat(np.arange(len(corpus.sentence_starts) - 1), np.diff(corpus.sentence_starts))
    weights = counts.astype(np.float64) ** 0.75
    arrays = {
        "ids": np.array(corpus.ids, np.int64),
        "sentences": sentences,
        "keep": keep_probabilities(counts, job.subsample).astype(np.float32),
        "negative_borders": np.cumsum(weights / weights.sum()).astype(np.float32),
    }
    return {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}


def _tables(torch: Any, words: int, dim: int, device: str) -> tuple[Any, Any]:
    W_in, W_out = (torch.nn.Embedding(words, dim, sparse=True, device=device) for _ in range(2))
    torch.nn.init.uniform_(W_in.weight, -0.5 / dim, 0.5 / dim)
    torch.nn.init.zeros_(W_out.weight)
    return W_in, W_out


def _pairs(torch: Any, text: dict[str, Any], job: Job, centres: int) -> Any:
    """Inputs (contexts) and outputs (centres) of an epoch, in batches."""
    ids = text["ids"]
    kept = torch.rand(len(ids), device=ids.device) < text["keep"][ids]
    words, sentences = ids[kept], text["sentences"][kept]
    offsets = torch.tensor([o for o in range(-job.window, job.window + 1) if o], device=ids.device)
    for first in range(0, len(words), centres):
        centre = torch.arange(first, min(first + centres, len(words)), device=ids.device)
        reach = torch.randint(1, job.window + 1, (len(centre), 1), device=ids.device)
        place = centre[:, None] + offsets
        inside = (place >= 0) & (place < len(words)) & (offsets.abs() <= reach)
        place = place.clamp(0, len(words) - 1)
        inside &= sentences[place] == sentences[centre][:, None]
        if bool(inside.any()):
            yield words[place][inside], words[centre][:, None].expand(-1, len(offsets))[inside]


def _loss(torch: Any, W_in: Any, W_out: Any, text: dict[str, Any], inputs: Any, outputs: Any, negatives: int) -> Any:
    draws = torch.rand(len(inputs), negatives, device=inputs.device)
    drawn = torch.searchsorted(text["negative_borders"], draws).clamp(max=W_out.num_embeddings - 1)
    h = W_in(inputs)
    positive = (h * W_out(outputs)).sum(dim=1)
    negative = (W_out(drawn) @ h[:, :, None])[:, :, 0]
    logsigmoid = torch.nn.functional.logsigmoid
    return -(logsigmoid(positive).sum() + logsigmoid(-negative).sum())
