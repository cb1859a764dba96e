"""Of gpu_check.sh: parity with one warp, what the card allows, the rates it reaches, and questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.floor import flop_per_centre
from benchmarks.gpu import GOALS, bytes_per_centre, ceilings_table, goal
from benchmarks.gpu_ceilings import CeilingsJob
from benchmarks.gpu_ceilings import run as run_ceilings
from benchmarks.gpu_job import Job, Skipped, median_seconds, needs

WINDOW, NEGATIVES = 5, 5
MODELS = ("skipgram", "cbow")
WORDS = 2_000  # of the short text
SLACK = 2  # times what float32 costs the layers themselves, as in tests/kernels/test_gpu.py


def parity(job: Job) -> None:
    """One warp is as near the layers in float64 as the layers in float32 are, but for SLACK; its loss is theirs."""
    needs("scipy")
    from wordvec.kernels import gpu, reference

    rng = np.random.default_rng(1)
    for model in MODELS:
        for dim in job.dims:
            train = one_warp(model, job.size(300, 60))
            tables = [(rng.normal(size=(WORDS, dim)) * (0.7 / dim**0.5)).astype(np.float32) for _ in range(2)]
            loss, *kernel = train(gpu, tables)
            _, *layers = train(reference, tables)
            exact_loss, *exact = train(reference, [table.astype(np.float64) for table in tables])
            own, theirs = distance(kernel, exact), distance(layers, exact)
            told = f"{model} {dim}: {own:.1e} from float64, the layers in float32 {theirs:.1e}"
            facts = {"model": model, "dim": dim, "kernel": own, "layers": theirs}
            if not own <= SLACK * theirs:
                job.tell(failed=f"{told}, too far", **facts)
            elif loss[1:] != exact_loss[1:] or not abs(loss.total / exact_loss.total - 1) < 1e-6:
                job.tell(failed=f"{told}; the loss is {loss}, the layers' {exact_loss}", **facts)
            else:
                job.tell(shown=told, **facts)


def one_warp(model: str, positions: int) -> Callable[..., Any]:
    """A training, step by step, of a short text: from a module of kernels and two tables to loss and tables."""
    from wordvec.corpus.draws.examples import ExampleSampler

    ids = np.minimum(np.random.default_rng(0).zipf(1.2, positions) - 1, WORDS - 1).astype(np.int32)
    counts, starts = np.bincount(ids, minlength=WORDS) + 1, np.array([0, positions // 3, positions])
    sampler = ExampleSampler.for_counts(counts, window=WINDOW, negatives=NEGATIVES, subsample=0.05, seed=5)
    options = {"first": 0, "last": positions, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 1}

    def train(module: Any, tables: list[np.ndarray]) -> Any:
        own = module.Tables(*tables)
        loss = getattr(module, f"train_{model}")(own, ids, starts, sampler, **options)
        return loss, *own.unpack()

    return train


def distance(a: list[np.ndarray], b: list[np.ndarray]) -> float:
    """Root mean square difference, the larger of both matrices'."""
    return max(float(np.sqrt(np.mean((x.astype(np.float64) - y) ** 2))) for x, y in zip(a, b))


def ceilings(job: Job) -> None:
    """What the card does at best, and how many words a second that allows each model."""
    sizes = CeilingsJob(copied=4096, rows=7, picks=3, blocks=2, product=16) if job.rehearse else CeilingsJob()
    found = run_ceilings(sizes)
    job.leave("ceilings", found["ceilings"])
    job.tell(kind="gpu-ceilings", **found)
    for line in ceilings_table(found).splitlines()[4:]:
        job.tell(shown=": ".join(cell.strip() for cell in line.strip("| ").split("|")))
    kept = job.left("text").get("kept", 1.0)
    for model in MODELS:
        for dim in job.dims:
            allowed = allowed_words(model, dim, kept, found["ceilings"])
            parts = ", ".join(f"{name} {rate / 1e6:,.0f}" for name, rate in allowed.items())
            job.tell(shown=f"{model} {dim}, million words/s allowed by: {parts}", model=model, dim=dim, allowed=allowed)


def allowed_words(model: str, dim: int, kept_share: float, ceilings: dict[str, float]) -> dict[str, float]:
    """Words a second if nothing but the arithmetic, the rows from L2 or the rows from memory took time."""
    moved = bytes_per_centre(dim, NEGATIVES)
    centres = {
        "float32 products": ceilings["sgemm"] / flop_per_centre(model, dim, WINDOW, NEGATIVES),
        "L2": ceilings["l2_gather"] / moved,
        "memory": ceilings["copy"] / moved,
    }
    return {name: rate / kept_share for name, rate in centres.items()}


def rates(job: Job) -> None:
    """Words a second in the kernel, for both models and each number of dimensions."""
    from wordvec.trainers import make_trainer

    corpus, text, found, limits = job.corpus(), job.text(), {}, job.left("ceilings")
    epochs = job.size(2, 1)
    for dim in job.dims:
        for model in MODELS:
            trainer = make_trainer(model, dim=dim, epochs=epochs, device="gpu").fit(corpus, show_progress=False)
            history = trainer.history
            rate = history.words / history.seconds["train"]
            found[f"{model} {dim}"] = rate
            job.leave("rates", found)
            allowed = allowed_words(model, dim, text["kept"], limits) if limits else {}
            shares = ", ".join(f"{rate / most:.1%} of {name}" for name, most in allowed.items())
            facts = {"model": model, "dim": dim, "epochs": epochs, "warps": trainer.warps_for(corpus)}
            finite = bool(np.isfinite(trainer.vectors.matrix).all())
            outcome = {} if finite else {"failed": f"{model} {dim}: the vectors are not finite"}
            shown = goal(f"{model} {dim}, million words/s", rate / 1e6, GOALS[model] / 1e6)
            job.tell(
                kind="gpu-rate", shown=f"{shown}; {facts['warps']} warps; {shares}", words_per_second=rate,
                seconds=history.seconds, loss=history.loss, **facts, **outcome,
            )  # fmt: skip


def cpu(job: Job) -> None:
    """One epoch by the CPU's kernels and all cores of this machine, for the ratio."""
    from wordvec.native import library
    from wordvec.trainers import make_trainer

    if not library.is_available():
        raise Skipped(f"no C library: {(library.why_not() or '').splitlines()[0]}")
    corpus, dim, on_card = job.corpus(), job.dims[0], job.left("rates")
    for model in MODELS:
        history = make_trainer(model, dim=dim, epochs=1).fit(corpus, show_progress=False).history
        rate = history.words / history.seconds["train"]
        ratio = on_card.get(f"{model} {dim}", 0) / rate
        shown = f"{model} {dim}: {rate / 1e6:.2f} M words/s" + (f"; the card {ratio:.1f} times that" if ratio else "")
        job.tell(kind="gpu-cpu-rate", shown=shown, model=model, dim=dim, words_per_second=rate)


def queries(job: Job) -> None:
    """Neighbours and analogies among many words, in memory of the card, and that the answers are the CPU's."""
    from benchmarks.queries import timed
    from wordvec.vectors import WordVectors
    from wordvec.vectors.search.gpu import GPUSearch

    words, dim, together = job.size((500_000, 300, 1_000), (500, 20, 20))
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((words, dim), np.float32)
    vectors = WordVectors([f"w{row}" for row in range(words)], matrix)
    asked = [f"w{row}" for row in rng.choice(words, together, replace=False).tolist()]
    loading, search = timed(lambda: GPUSearch(vectors))
    one = median_seconds(lambda: search.nearest_to_each(asked[:1]))
    many, answers = timed(lambda: search.nearest_to_each(asked))
    facts = {"words": words, "dim": dim, "questions": together, "loading": loading, "one": one, "together": many}
    job.tell(
        shown=f"{words:,} words x {dim}: loading {loading:.2f} s, one question {1000 * one:.2f} ms, "
        f"{together:,} together {many:.3f} s", **facts,
    )  # fmt: skip
    sample = 10
    expected = vectors.nearest_to_each(asked[:sample])
    if [dict(a).keys() for a in answers[:sample]] != [dict(a).keys() for a in expected]:
        job.tell(failed="the card's neighbours are not the CPU's")
    analogies(job, vectors, rng)


def analogies(job: Job, vectors: Any, rng: np.random.Generator) -> None:
    """Questions by chance among the first words; where no call was close, the answers must be the CPU's."""
    from benchmarks.queries import timed
    from wordvec.evaluation.analogy import answers

    number, size = job.size((20_000, 100_000), (40, 200))
    questions = rng.integers(0, size, (number, 3))
    answers.best_answers_on_gpu(vectors.unit_rows_of, size, questions[:1], "3cosadd")  # loads the libraries
    seconds, (best, _, close) = timed(
        lambda: answers.best_answers_on_gpu(vectors.unit_rows_of, size, questions, "3cosadd")
    )
    job.tell(shown=f"{number:,} analogies among {size:,} words: {seconds:.2f} s", seconds=seconds, questions=number)
    sample = slice(0, 100)
    expected, _, close_on_cpu = answers.best_answers(vectors.unit_rows_of, size, questions[sample], "3cosadd")
    clear = ~(close[sample] | close_on_cpu)
    if not np.array_equal(best[sample][clear], expected[clear]):
        job.tell(failed="the card's analogies are not the CPU's")
