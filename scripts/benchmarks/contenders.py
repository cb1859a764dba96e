"""The contenders, one small class each, and the training of one of them in a process of its own.

python -m benchmarks.contenders '{"contender": "gensim", "corpus": "text.txt", ...}'   prints one JSON line

A fresh process for each training makes its memory and its start-up part of what is measured.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from benchmarks.process import peak_memory, timed_stderr
from benchmarks.torch_skipgram import TorchSkipGram

PROCESS_START = time.perf_counter()  # nothing heavy is imported above

SUBWORDS, BUCKETS = {"min_n": 3, "max_n": 6}, 2_000_000  # fastText's; wordvec has a row for each n-gram


@dataclass(frozen=True)
class Job:
    """One training: who, on what, and the settings that all contenders share."""

    contender: str
    model: str  # "skipgram" or "cbow"
    corpus: str  # a plain text, one sentence a line
    dim: int
    window: int
    negatives: int
    subsample: float
    min_count: int
    epochs: int
    learning_rate: float
    threads: int
    seed: int = 1
    report_loss: bool = False  # ask the contender for its loss, where that costs time
    save: str | None = None  # where to write the vectors
    shrink_window: bool = True  # this and the next one: gensim and wordvec
    negative_power: float = 0.75


@dataclass
class Training:
    """What came out. `words` and `counts` by row of `matrix`; `loss` by epoch, falling where training works."""

    seconds: dict[str, float] = field(default_factory=dict)
    memory: int = 0  # bytes of the process at its peak, read before vectors are copied or saved
    words: list[str] = field(default_factory=list)
    counts: Any = None
    matrix: Any = None
    contexts: Any = None  # W_out, where the contender gives it
    loss: list[float] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


class Gensim:
    """gensim's Word2Vec with corpus_file, which reads the text in C, one part a worker.

    Each of w workers sets its learning rate by its own part against the whole text (gensim 4.4, get_next_alpha in
    word2vec_corpusfile.pyx), so within an epoch the rate falls by 1 / w of what it should. A single epoch on two
    workers thus has 1.5 times the mean learning rate of one worker, and better scores; over five, 1.1 times.
    """

    package, extra = "gensim", "bench"
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, subwords: bool = False) -> None:
        """With `subwords`, its FastText with n-grams of 3 to 6 characters in 2,000,000 buckets, which tells no loss."""
        self.tells_loss, self.options = not subwords, SUBWORDS | {"bucket": BUCKETS} if subwords else {}

    def train(self, job: Job) -> Training:
        result = Training()
        with result.stage("import"):
            from gensim.models import FastText, Word2Vec
        model = (Word2Vec if self.tells_loss else FastText)(
            sg=int(job.model == "skipgram"),
            vector_size=job.dim,
            window=job.window,
            negative=job.negatives,
            sample=job.subsample,
            min_count=job.min_count,
            epochs=job.epochs,
            alpha=job.learning_rate,
            workers=job.threads,
            seed=job.seed,
            shrink_windows=job.shrink_window,
            ns_exponent=job.negative_power,
            **self.options,
        )
        with result.stage("vocabulary"):
            model.build_vocab(corpus_file=job.corpus)
        sums = _LossByEpoch()  # gensim gives the sum since the start
        asks = job.report_loss and self.tells_loss
        with result.stage("train"):
            model.train(
                corpus_file=job.corpus,
                total_examples=model.corpus_count,
                total_words=model.corpus_total_words,
                epochs=job.epochs,
                compute_loss=asks,
                callbacks=[sums] if asks else [],
            )
        result.memory = peak_memory()
        result.loss = [after - before for before, after in zip([0.0, *sums.totals], sums.totals)]
        result.words, result.matrix, result.contexts = list(model.wv.index_to_key), model.wv.vectors, model.syn1neg
        result.counts = [model.wv.get_vecattr(word, "count") for word in result.words]
        return result


class _LossByEpoch:
    """A callback of gensim's; it asks for no base class."""

    def __init__(self) -> None:
        self.totals: list[float] = []

    def on_epoch_end(self, model: Any) -> None:
        self.totals.append(float(model.get_latest_training_loss()))

    def on_epoch_begin(self, model: Any) -> None: ...

    def on_train_begin(self, model: Any) -> None: ...

    def on_train_end(self, model: Any) -> None: ...


class FastText:
    """fastText; without subwords (maxn=0) it is word2vec. One call reads and trains: see `timed_stderr`.

    fastText 0.9.3 fills only a tenth of its vectors for each thread up to ten and leaves the rest as the memory was
    (facebookresearch/fastText, issue 1061), which in a small model ends in NaN. glibc gives fresh memory, all zeros,
    to blocks above a fixed threshold: with that every training runs, most words starting at zero as in large models.
    """

    package, extra = "fasttext", "bench"
    environment: ClassVar[dict[str, str]] = {"MALLOC_MMAP_THRESHOLD_": "65536"}

    def __init__(self, subwords: bool = False) -> None:
        self.subwords = subwords

    def train(self, job: Job) -> Training:
        result = Training()
        with result.stage("import"):
            import fasttext
            import fasttext.FastText

        fasttext.FastText.unsupervised_default["seed"] = job.seed  # 0.9.3 takes no argument for it
        start = time.perf_counter()
        with timed_stderr() as said:
            model = fasttext.train_unsupervised(
                input=job.corpus,
                model=job.model,
                dim=job.dim,
                ws=job.window,
                neg=job.negatives,
                t=job.subsample,
                minCount=job.min_count,
                epoch=job.epochs,
                lr=job.learning_rate,
                thread=job.threads,
                minn=SUBWORDS["min_n"] if self.subwords else 0,
                maxn=SUBWORDS["max_n"] if self.subwords else 0,
                bucket=BUCKETS if self.subwords else 0,
                loss="ns",
                verbose=1,
            )
        end = time.perf_counter()
        result.memory = peak_memory()
        vocabulary_read = said.moment_of("Number of words")
        result.seconds |= {"vocabulary": vocabulary_read - start, "train": end - vocabulary_read}
        mean = float(said.text.rpartition("avg.loss:")[2].split()[0])
        result.loss = [untrained_loss(job), mean]  # it tells only the mean over the whole run
        words, counts = model.get_words(include_freq=True)
        kept = [row for row, word in enumerate(words) if word != "</s>"]  # its own mark of a line's end
        result.words, result.counts = [words[row] for row in kept], [int(counts[row]) for row in kept]
        rows = [model.get_word_vector(word) for word in words] if self.subwords else model.get_input_matrix()
        result.matrix = [rows[row] for row in kept]
        return result


class Wordvec:
    """wordvec with the kernels or the layers. `options` are the trainer's."""

    package, extra = "wordvec", ""
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, threads: bool = True, **options: Any) -> None:
        self.threads, self.options = threads, options

    def train(self, job: Job) -> Training:
        result = Training()
        with result.stage("import"):
            from wordvec.corpus import Corpus
            from wordvec.trainers import make_trainer
        with result.stage("vocabulary"):
            corpus = Corpus.build(job.corpus, tokenizer="whitespace", min_count=job.min_count, show_progress=False)
        trainer = make_trainer(
            job.model,
            dim=job.dim,
            window=job.window,
            negatives=job.negatives,
            subsample=job.subsample,
            epochs=job.epochs,
            learning_rate=job.learning_rate,
            seed=job.seed,
            shrink_window=job.shrink_window,
            negative_power=job.negative_power,
            **self.options,
            **({"threads": job.threads} if self.threads else {}),
        )
        with result.stage("fit"):
            trainer.fit(corpus, show_progress=False)
        result.memory = peak_memory()
        stages = trainer.history.seconds
        before = stages.get("prepare", stages.get("compile", 0.0))  # "compile" in earlier versions
        others = result.seconds.pop("fit") - stages["train"] - before
        result.seconds |= {"compile": before, "prepare": others, "train": stages["train"]}
        result.loss = trainer.history.loss
        vectors = trainer.vectors
        result.words, result.counts = vectors.words, vectors.counts
        result.matrix, result.contexts = vectors.matrix, vectors.context_matrix
        return result


class Before(Wordvec):
    """wordvec as another checkout has it, whose folder is in WORDVEC_BEFORE (``--before``)."""

    @property
    def folder(self) -> str | None:
        """Where Python looks for modules first."""
        return os.environ.get("WORDVEC_BEFORE")


CONTENDERS: dict[str, Any] = {
    "gensim": Gensim(),
    "fasttext": FastText(),
    "gensim-subwords": Gensim(subwords=True),
    "fasttext-subwords": FastText(subwords=True),
    "wordvec": Wordvec(engine="kernel"),
    "wordvec-before": Before(engine="kernel"),
    "wordvec-pool": Wordvec(engine="kernel", negative_pool=4096),
    "wordvec-half": Wordvec(engine="kernel", precision="float16"),
    "wordvec-sequential": Wordvec(engine="kernel", batch_size=1),
    "wordvec-hogwild": Wordvec(engine="kernel", hogwild=True),
    "wordvec-subwords": Wordvec(engine="kernel", subwords=True, **SUBWORDS),
    "wordvec-svd-start": Wordvec(engine="kernel", init="svd"),
    "wordvec-layers": Wordvec(threads=False, engine="layers"),
    "wordvec-gpu": Wordvec(threads=False, engine="kernel", device="gpu"),
    "wordvec-layers-gpu": Wordvec(threads=False, engine="layers", device="gpu"),
    "torch-gpu": TorchSkipGram(),
}


def untrained_loss(job: Job) -> float:
    """Loss of a prediction while all scores are 0: one target and K negatives, -log sigmoid(0) = log 2 each."""
    return (1 + job.negatives) * math.log(2)


def run(job: Job) -> dict[str, Any]:
    """Train and report: seconds by stage, rate, memory, and what shows that it was a real training."""
    result = CONTENDERS[job.contender].train(job)
    total = time.perf_counter() - PROCESS_START
    import numpy as np

    from wordvec.corpus.draws.sampling import keep_probabilities

    counts, matrix = np.asarray(result.counts, np.int64), np.asarray(result.matrix, np.float32)
    tokens = int(counts.sum())
    if job.save:
        from wordvec.vectors import WordVectors

        WordVectors(result.words, matrix, counts, context_matrix=result.contexts).save(job.save)
    return {
        **asdict(job),
        "seconds": {stage: round(seconds, 4) for stage, seconds in result.seconds.items()} | {"total": round(total, 4)},
        "tokens": tokens,
        "vocabulary": len(result.words),
        "kept_share": float((counts * keep_probabilities(counts, job.subsample)).sum() / tokens),
        "words_per_second": tokens * job.epochs / result.seconds["train"],
        "words_per_second_end_to_end": tokens * job.epochs / total,
        "memory": result.memory,
        "loss": result.loss,
        "finite": bool(np.isfinite(matrix).all()),
    }


if __name__ == "__main__":
    print(json.dumps(run(Job(**json.loads(sys.argv[1])))))
