"""A model card: a description of a file of vectors, only from the file's own record and from measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus import Corpus
from wordvec.errors import OptionError, counted
from wordvec.evaluation.analogy import frequent_rows
from wordvec.evaluation.bias import BiasScore
from wordvec.evaluation.scores import Score
from wordvec.evaluation.tables import format_table
from wordvec.experiments.method import sources_of
from wordvec.experiments.method.card_parts import method_of_vectors
from wordvec.experiments.stability import Stability
from wordvec.experiments.training import spoken
from wordvec.files import sha256_of
from wordvec.vectors import WordVectors
from wordvec.version import __version__

NOT_STATED = "not stated"
RANKS = (100, 300, 1_000, 3_000, 10_000)  # frequency ranks of the words whose neighbours are shown
BIAS = "bias"


@dataclass(frozen=True)
class CardFacts:
    """Facts for a card besides those in the file.

    corpus     the corpus that the model was trained on, if available; its fingerprint must match the file's
    report     the output of ``wordvec train --json`` for this model, for the training time
    stability  stability of neighbours, see `wordvec.experiments.stability`
    licence, corpus_licence    as their owners state them
    languages  languages of the method paragraph
    """

    scores: Sequence[Score] = ()
    words: Sequence[str] = ()
    corpus: Corpus | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    stability: Stability | None = None
    licence: str | None = None
    corpus_licence: str | None = None
    languages: Sequence[str] = ("en",)


def model_card(path: Path, vectors: WordVectors, facts: CardFacts | None = None) -> str:
    """The card of the file `path`, which contains `vectors`, as Markdown.

    Raises OptionError for a corpus or report of another model, UnknownWordError for a word that the model lacks.
    """
    facts = facts or CardFacts()
    _check_same_model(vectors, facts)
    sections = [
        f"# {path.name}",
        _summary(vectors),
        "## File",
        _file_table(path, vectors),
        "## Training",
        _training_table(vectors, facts),
        *_loss(vectors),
        "## Scores",
        _scores(facts.scores),
        "## Neighbours",
        _neighbours(vectors, facts),
        "## Limits and bias",
        _limits(vectors, facts),
        "## Licence",
        _licences(facts),
        method_of_vectors(vectors.info, vectors.dim, path.name, facts.corpus, facts.languages),
        "## Use",
        f"```python\nfrom wordvec import WordVectors\n\nvectors = WordVectors.load({path.name!r})\n"
        f"vectors.most_similar({example_words(vectors, facts.words)[0]!r})\n```",
        f"This card was written by wordvec {__version__}.",
    ]
    return "\n\n".join(sections) + "\n"


def example_words(vectors: WordVectors, words: Sequence[str] = ()) -> list[str]:
    """The words to show: those given, or words at the frequency ranks `RANKS` that consist of letters only.

    >>> example_words(WordVectors(["the", "1990", "cat"], np.eye(3)))
    ['the', 'cat']
    """
    if words:
        return list(words)
    order = frequent_rows(vectors, None)
    ranked = range(len(vectors)) if isinstance(order, slice) else order.tolist()
    ranks = [rank for rank in RANKS if rank < len(ranked)] or range(min(len(ranked), len(RANKS)))
    found = []
    for rank in ranks:
        near = (vectors.words[row] for row in ranked[rank : rank + 100])
        found += [word for _, word in zip(range(1), (word for word in near if word.isalpha() and word not in found))]
    return found or [vectors.words[ranked[0]]]


def _check_same_model(vectors: WordVectors, facts: CardFacts) -> None:
    said = vectors.info.get("corpus_fingerprint")
    here = {
        "the corpus": None if facts.corpus is None else facts.corpus.fingerprint,
        "the report": facts.report.get("corpus_fingerprint"),
    }
    for what, fingerprint in here.items():
        if fingerprint is not None and fingerprint != said:
            raise OptionError(
                f"{what} is not of this model: its corpus has the fingerprint {fingerprint[:12]}, the file says "
                f"{str(said)[:12]}; a card must not mix them"
            )
    if facts.report and facts.report.get("parameters") != vectors.info.get("parameters"):
        raise OptionError("the report is not of this model: it has other parameters; a card must not mix them")


def _summary(vectors: WordVectors) -> str:
    info = vectors.info
    version = info.get("wordvec_version")
    made = f"trained with {info['trainer']}" if info.get("trainer") else "whose training the file does not state"
    by = f" by wordvec {version}" if version else ""
    return f"Vectors of {counted(len(vectors), 'word')} in {counted(vectors.dim, 'dimension')}, {made}{by}."


def _file_table(path: Path, vectors: WordVectors) -> str:
    counts = vectors.counts
    rows = [
        ["bytes", f"{path.stat().st_size:,}"],
        ["SHA-256", sha256_of(path)],
        ["numbers", str(vectors.matrix.dtype)],
        ["context vectors", "yes" if vectors.context_matrix is not None else "no"],
        ["word counts", "no" if counts is None else f"yes, {int(counts.min()):,} to {int(counts.max()):,}"],
    ]
    return format_table(rows, ["of the file", ""], "markdown", right=())


def _training_table(vectors: WordVectors, facts: CardFacts) -> str:
    info, corpus = vectors.info, facts.corpus
    seconds = facts.report.get("seconds") or {}
    took = [f"{stage} " + (f"{value:.1f} s" if value < 60 else spoken(value)) for stage, value in seconds.items()]
    sentences = info.get("sentences") if corpus is None else len(corpus.sentence_starts) - 1
    rows: list[list[Any]] = [
        ["trainer", info.get("trainer")],
        ["corpus", ", ".join(sources_of(info if corpus is None else corpus.info)) or None],
        ["corpus fingerprint", info.get("corpus_fingerprint")],
        ["tokens", f"{info['tokens']:,}" if isinstance(info.get("tokens"), int) else None],
        ["sentences", f"{sentences:,}" if isinstance(sentences, int) else None],
        ["tokenizer", info.get("tokenizer")],
        ["least count of a word", info.get("min_count")],
        ["time", ", ".join(took) or "not recorded"],
        *[[f"parameter {name}", "not set" if value is None else value] for name, value in _parameters(info)],
        *[["note", note] for note in info.get("notes") or []],
    ]
    cells = [[name, NOT_STATED if value is None else str(value)] for name, value in rows]
    return format_table(cells, ["of the training", ""], "markdown", right=())


def _parameters(info: Mapping[str, Any]) -> list[tuple[str, Any]]:
    parameters = info.get("parameters")
    return sorted(parameters.items()) if isinstance(parameters, dict) else []


def _loss(vectors: WordVectors) -> list[str]:
    """The loss of each epoch, if the file has it."""
    losses, held_out = vectors.info.get("loss") or [], vectors.info.get("held_out_loss") or []
    if not losses:
        return []
    rows = [
        [f"{epoch}", f"{loss:.4f}", f"{held_out[epoch - 1]:.4f}" if epoch <= len(held_out) else ""]
        for epoch, loss in enumerate(losses, start=1)
    ]
    columns = 3 if held_out else 2
    headings = ["epoch", "mean loss", "held-out loss"][:columns]
    return [format_table([row[:columns] for row in rows], headings, "markdown")]


def _scores(scores: Sequence[Score]) -> str:
    shown = [score for score in scores if score.task != BIAS]
    return _score_table(shown) if shown else "None were requested."


def _score_table(scores: Sequence[Score]) -> str:
    rows = []
    for score in scores:
        value = "nothing evaluated" if score.score is None else score.written(score.score)
        interval = "" if score.ci95 is None else f"[{', '.join(map(score.written, score.ci95))}]"
        rows.append(
            [score.name, score.measure, value, interval, f"{score.covered:,}", f"{score.items:,}", score.protocol]
        )
    headings = ["set", "measure", "score", "95 % interval", "covered", "items", "protocol"]
    return format_table(rows, headings, "markdown", right=(2, 4, 5))


def _bias_table(scores: Sequence[BiasScore]) -> str:
    if not scores:
        return "Bias was not measured for this card."
    rows = []
    for score in scores:
        x, y, a, b = score.labels
        value = "nothing evaluated" if score.score is None else f"{score.score:.2f}"
        interval = "" if score.ci95 is None else f"[{score.ci95[0]:.2f}, {score.ci95[1]:.2f}]"
        p = "" if score.p is None else f"{score.p:.2g}"
        rows.append(
            [score.name, f"{x} with {a}, {y} with {b}", value, interval, p, f"{score.covered} of {score.items}"]
        )
    headings = ["association test (WEAT)", "above 0 where", "effect size", "95 % interval", "p", "target words"]
    return format_table(rows, headings, "markdown", right=(2, 4))


def _neighbours(vectors: WordVectors, facts: CardFacts) -> str:
    rows = []
    chosen = example_words(vectors, facts.words)
    for word, found in zip(chosen, vectors.nearest_to_each(chosen, 8)):
        seen = "" if vectors.counts is None else f"{int(vectors.counts[vectors.word_id(word)]):,}"
        stable = None if facts.stability is None else facts.stability.stability_of(word)
        shown = ", ".join(f"{neighbour} {cosine:.2f}" for neighbour, cosine in found)
        rare = None if facts.stability is None else facts.stability.why_too_rare(word)
        kept_share = "" if stable is None else f"{stable:.2f}" + (f" (too rare: {rare})" if rare else "")
        rows.append([word, seen, kept_share, shown])
    headings = ["word", "seen", "stability", "nearest, with cosine"]
    if facts.stability is None:
        return format_table([[w, s, n] for w, s, _, n in rows], [headings[0], headings[1], headings[3]], "markdown")
    kept = facts.stability
    about = (
        f"Stability is the share of a word's {kept.k} nearest neighbours that two of {kept.models} models have in "
        f"common ({kept.over}), averaged over pairs of models; its mean over the vocabulary is {kept.mean:.2f}."
    )
    return format_table(rows, headings, "markdown") + "\n\n" + about


def _limits(vectors: WordVectors, facts: CardFacts) -> str:
    lines = ["- Each word has one vector: all senses of a word share it."]
    if getattr(vectors, "subwords", None) is not None:
        lines.append("- Words outside the vocabulary get a vector from their parts.")
    else:
        lines.append("- Words outside the vocabulary have no vector.")
    if vectors.counts is not None:
        rare = float(np.mean(np.asarray(vectors.counts) < 20))
        lines.append(f"- {rare:.0%} of the words were seen fewer than 20 times: their vectors come from few contexts.")
    if facts.stability is None:
        lines.append("- The stability of the neighbours over seeds and samples of the text was not measured.")
    lines.append(
        "- Vectors repeat the associations of their text, including prejudices about people. Do not treat them as "
        "facts, and do not let them decide about people."
    )
    measured = _bias_table([score for score in facts.scores if isinstance(score, BiasScore)])
    return "\n".join(lines) + "\n\n" + measured


def _licences(facts: CardFacts) -> str:
    rows = [["of these vectors", facts.licence or NOT_STATED], ["of the corpus", facts.corpus_licence or NOT_STATED]]
    return format_table(rows, ["licence", ""], "markdown", right=())
