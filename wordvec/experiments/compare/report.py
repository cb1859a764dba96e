"""A comparison as tables, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from wordvec.evaluation.statistics import Interval
from wordvec.evaluation.tables import Strong, format_table
from wordvec.experiments.compare import Comparison
from wordvec.experiments.over_seeds import ScoreOverSeeds
from wordvec.experiments.training import Configuration

NOTHING = "nothing evaluated"
SCORES = (
    "set",
    "trainer",
    "measure",
    "mean",
    "sd over seeds",
    "95 % over seeds",
    "95 % over items",
    "seeds",
    "covered",
    "items",
)
DIFFERENCES = ("set", "trainer", "minus", "difference", "95 % interval", "p", "p (Holm)")
STAGES_APART = ("start", "prepare", "save")  # stages of a process, not of a method
MARK = "*"


def summary_table(comparison: Comparison, style: str = "text") -> str:
    """One row per trainer: mean score and standard deviation on each set, seconds, and memory.

    The best on a set, and all not significantly worse, are bold, or marked with * in styles without bold.
    """
    best = {each.name: comparison.best_of(each.name) for each in comparison.sets}
    rows = []
    for configuration in comparison.configurations:
        cells = [
            _marked(
                _mean(comparison.scores[configuration.name, each.name]), configuration.name in best[each.name], style
            )
            for each in comparison.sets
        ]
        rows.append([configuration.name, *cells, *_cost(comparison, configuration.name)])
    headings = ["trainer", *(each.name for each in comparison.sets), "seconds", "MiB"]
    return format_table(rows, headings, style, right=range(1, len(headings)))


def scores_table(comparison: Comparison, style: str = "text") -> str:
    """One row per set and trainer, with both intervals."""
    rows = []
    for each in comparison.sets:
        for configuration in comparison.configurations:
            found = comparison.scores[configuration.name, each.name]
            sd = "" if found.sd is None else found.written.written(found.sd)
            intervals = [_interval(found, found.ci_seeds), _interval(found, found.ci_items)]
            counts = [f"{len(found.scores)}", f"{found.covered:,}", f"{found.items:,}"]
            mean = NOTHING if found.mean is None else found.written.written(found.mean)
            rows.append([each.name, configuration.name, found.measure, mean, sd, *intervals, *counts])
    return format_table(rows, SCORES, style, right=(3, 4, 7, 8, 9))


def costs_table(comparison: Comparison, style: str = "text") -> str:
    """One row per trainer: mean seconds of each stage, peak memory, and the size of the file."""
    everything = [model for models in comparison.models.values() for model in models]
    stages = list(dict.fromkeys(stage for model in everything for stage in model.seconds))
    stages = [stage for stage in stages if stage not in STAGES_APART] + [s for s in STAGES_APART if s in stages]
    rows = []
    for name, models in comparison.models.items():
        means = [_mean_of([model.seconds[stage] for model in models if stage in model.seconds]) for stage in stages]
        size = models[0].path.stat().st_size
        rows.append([name, *means, *_cost(comparison, name), f"{size / 2**20:,.1f}"])
    headings = ["seconds of", *stages, "all training", "MiB of memory", "MiB of file"]
    return format_table(rows, headings, style, right=range(1, len(headings)))


def differences_table(comparison: Comparison, style: str = "text") -> str:
    """One row per set and pair of trainers."""
    rows = []
    for found in comparison.differences:
        value, write = found.difference, comparison.scores[found.a, found.set_name].written.written
        cells = ["", "", "", ""]
        if value.difference is not None:
            interval = "" if value.ci95 is None else f"[{', '.join(map(write, value.ci95))}]"
            cells = [write(value.difference), interval, _p(value.p), _p(found.p_holm)]
        rows.append([found.set_name, found.a, found.b, *cells])
    return format_table(rows, DIFFERENCES, style, right=(3, 5, 6))


def settings_lines(configurations: Sequence[Configuration]) -> list[str]:
    """The options that all configurations share, then each configuration's own options."""
    everything = [each.options for each in configurations]
    shared = {
        option: value
        for option, value in everything[0].items()
        if all(option in options and options[option] == value for options in everything)
    }
    lines = [f"all: {_listed(shared)}"] if shared and len(configurations) > 1 else []
    for each in configurations:
        own = {
            option: value for option, value in each.options.items() if option not in shared or len(configurations) == 1
        }
        trainer = "" if each.name == each.trainer else f"{each.trainer}, "
        seed = "" if each.depends_on_seed else "; does not depend on the seed, trained once"
        lines.append(f"{each.name}: {trainer}{_listed(own)}{seed}")
    return lines


def comparison_text(comparison: Comparison, style: str = "text", *, differences: bool = False) -> str:
    """The whole report in a style; CSV has only the scores, one row per set and trainer."""
    if style == "csv":
        return scores_table(comparison, style)
    mark = "bold" if style in ("markdown", "latex") else MARK
    corpus = comparison.corpus
    about = (
        f"{', '.join(corpus['sources']) or 'corpus'}: {corpus['tokens']:,} tokens, {corpus['vocabulary']:,} words seen "
        f"at least {corpus['min_count']} times; {_seeds(comparison.seeds)}; protocol {comparison.protocol}"
    )
    legend = (
        f"mean ± standard deviation over seeds; {mark}: the best on the set and those not significantly worse (t test "
        "over seeds and items, 5 %, Holm over all pairs and sets); seconds of training, without compiling and saving; "
        "MiB: the most memory its process held"
    )
    tables = [scores_table(comparison, style), costs_table(comparison, style)]
    if differences:
        tables.append(differences_table(comparison, style))
    settings = settings_lines(comparison.configurations)
    bullet = "- " if style == "markdown" else ""
    prose = [_wrapped(about, style), _wrapped(legend, style), *(_wrapped(bullet + line, style) for line in settings)]
    return "\n\n".join([prose[0], summary_table(comparison, style), prose[1], *tables, "\n".join(prose[2:])])


def comparison_as_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison for ``json.dumps``."""
    return {
        "corpus": comparison.corpus,
        "seeds": comparison.seeds,
        "protocol": comparison.protocol,
        "sets": [
            _picked(each, "task", "name", "source") | {"sha256_of_items": each.digest} for each in comparison.sets
        ],
        "configurations": [
            _picked(each, "name", "trainer", "options", "depends_on_seed") for each in comparison.configurations
        ],
        "scores": [
            {"trainer": trainer, "set": set_name}
            | _picked(found, "measure", "scores", "mean", "sd", "ci_seeds", "ci_items", "items", "covered")
            for (trainer, set_name), found in comparison.scores.items()
        ],
        "differences": [
            {"set": found.set_name, "a": found.a, "b": found.b}
            | _picked(found.difference, "difference", "ci95", "p")
            | {"p_holm": found.p_holm}
            for found in comparison.differences
        ],
        "models": [
            {
                "trainer": name,
                "seed": model.job.seed,
                "file": model.path.name,
                "sha256": model.sha256,
                "seconds": model.seconds,
                "training_seconds": round(model.training_seconds, 3),
                "peak_memory": model.peak_memory,
                "loss": list(model.loss),
                "notes": list(model.notes),
            }
            for name, models in comparison.models.items()
            for model in models
        ],
    }


def _picked(found: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}


def _marked(text: str, is_best: bool, style: str) -> str:
    if style in ("markdown", "latex"):
        return Strong(text) if is_best else text
    return text + (MARK if is_best else " ")


def _mean(found: ScoreOverSeeds) -> str:
    if found.mean is None:
        return NOTHING
    write = found.written.written
    return write(found.mean) if found.sd is None else f"{write(found.mean)} ± {write(found.sd)}"


def _interval(found: ScoreOverSeeds, interval: Interval | None) -> str:
    return "" if interval is None else f"[{', '.join(map(found.written.written, interval))}]"


def _cost(comparison: Comparison, name: str) -> list[str]:
    models = comparison.models[name]
    peaks = [model.peak_memory for model in models if model.peak_memory is not None]
    memory = f"{max(peaks) / 2**20:,.0f}" if peaks else "not known"
    return [_mean_of([model.training_seconds for model in models]), memory]


def _mean_of(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):,.1f}" if values else ""


def _p(value: float | None) -> str:
    return "" if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _wrapped(line: str, style: str) -> str:
    """Prose in the style: lines of 120 characters on a terminal, a comment in LaTeX."""
    if style == "text":
        return textwrap.fill(line, 120, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return f"% {line}" if style == "latex" else line


def _seeds(number: int) -> str:
    if number == 1:
        return "only seed 1, so the intervals do not include the variation of training"
    return f"seeds 1 to {number}"


def _listed(options: dict[str, Any]) -> str:
    return ", ".join(f"{option} {value}" for option, value in options.items() if value is not None)
