"""From what is known of a run to a paragraph; what is not known is left out, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordvec.corpus import Corpus
from wordvec.errors import OptionError
from wordvec.experiments.method.sentences import GROUPINGS, MODELS, SENTENCES, TRAINERS

LANGUAGES = tuple(SENTENCES)
SOURCES_NAMED = 3


def corpus_facts(corpus: Corpus) -> dict[str, Any]:
    """What a paragraph says of a corpus, as JSON."""
    from wordvec.corpus.documents.groups import years_of

    info, documents = corpus.info, corpus.documents
    years = [] if documents is None else [year for year in years_of(documents) if year is not None]
    return {
        "sources": info.get("sources") or [],
        "documents": None if documents is None else len(documents),
        "years": [min(years), max(years)] if years else None,
        "tokenizer": info.get("tokenizer"),
        "min_count": corpus.vocabulary.min_count,
        "tokens": len(corpus.ids),
        "fingerprint": corpus.fingerprint,
    }


def paragraph_of_vectors(info: Mapping[str, Any], dim: int, corpus: Mapping[str, Any] | None, language: str) -> str:
    """How vectors were made, from the description in their file and the facts of their corpus, if it is at hand.

    >>> paragraph_of_vectors({"trainer": "svd", "parameters": {"window": 5, "seed": 1}, "wordvec_version": "1"}, 9,
    ...                      None, "en").split(". ")[-1]
    'The computations were done with wordvec 1, seed 1.'
    """
    say = _sentences(language)
    trainer = TRAINERS[language].get(str(info.get("trainer")))
    parameters = info.get("parameters") if isinstance(info.get("parameters"), dict) else {}
    assert isinstance(parameters, dict)
    parts = _of_corpus(corpus or _corpus_of_info(info), language)
    if trainer is not None:
        kept = {name: value for name, value in sorted(parameters.items()) if name not in ("dim", "seed")}
        listed = ", ".join(f"{name} {_value(value)}" for name, value in kept.items() if value is not None)
        parts.append(say["train"].format(dim=dim, trainer=trainer, parameters=listed))
    if info.get("wordvec_version") and "seed" in parameters:
        parts.append(say["software"].format(version=info["wordvec_version"], seed=parameters["seed"]))
    return " ".join(parts)


def paragraph_of_changes(record: Mapping[str, Any], language: str) -> str:
    """How changes were looked for, from what ``wordvec change -o`` wrote."""
    say, options = _sentences(language), record["options"]
    groups = ", ".join(f"{name}: {size}" for name, size in zip(record["groups"], record["documents"]))
    found = sum(word["q"] <= options["level"] for word in record["words"])
    parts = [
        *_of_corpus(record["corpus"], language),
        say["change"].format(
            by=_grouping(str(record["by"]), language),
            groups=groups,
            window=options["window"],
            model=MODELS[language][options["model"]].format(dim=options["dim"]),
        ),
        say["test"].format(
            tested=len(record["words"]),
            permutations=_number(options["permutations"], language),
            level=_number(options["level"], language),
            found=found,
            left_out=len(record["left_out"]),
        ),
        say["stability"],
        say["software"].format(version=record["wordvec_version"], seed=options["seed"]),
    ]
    return " ".join(parts)


def _sentences(language: str) -> dict[str, str]:
    if language not in SENTENCES:
        raise OptionError(f"a method paragraph is written in {', '.join(LANGUAGES)}; got {language!r}")
    return SENTENCES[language]


def _corpus_of_info(info: Mapping[str, Any]) -> dict[str, Any]:
    return {name: info.get(name) for name in ("tokenizer", "min_count", "tokens")} | {"sources": sources_of(info)}


def sources_of(info: Mapping[str, Any]) -> list[str]:
    """Names of the files of text that a file of vectors or a corpus states."""
    sources = info.get("sources")
    return [str(source) for source in sources] if isinstance(sources, list) else []


def _of_corpus(corpus: Mapping[str, Any], language: str) -> list[str]:
    say, parts = SENTENCES[language], []
    if sources := corpus.get("sources"):
        more = f" (+ {len(sources) - SOURCES_NAMED})" if len(sources) > SOURCES_NAMED else ""
        parts.append(say["text"].format(sources=", ".join(sources[:SOURCES_NAMED]) + more))
    if corpus.get("documents"):
        years = corpus.get("years")
        span = say["years"].format(first=years[0], last=years[1]) if years else ""
        parts.append(say["documents"].format(documents=_number(corpus["documents"], language), years=span))
    if corpus.get("tokenizer"):
        parts.append(say["tokenizer"].format(tokenizer=corpus["tokenizer"]))
    if isinstance(corpus.get("tokens"), int) and isinstance(corpus.get("min_count"), int):
        parts.append(
            say["vocabulary"].format(min_count=corpus["min_count"], tokens=_number(corpus["tokens"], language))
        )
    return parts


def _grouping(by: str, language: str) -> str:
    """What documents were grouped by, in words."""
    names = GROUPINGS[language]
    if by in ("year", "decade", "century", "half"):
        return names[by]
    return names["years"].format(years=by) if by.isdigit() else names["column"].format(name=by)


def _number(number: float, language: str) -> str:
    """A number as the language writes it.

    >>> _number(93600, "en"), _number(93600, "de"), _number(0.05, "de")
    ('93,600', '93.600', '0,05')
    """
    text = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
