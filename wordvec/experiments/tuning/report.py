"""The result of a search as text and as JSON."""

from __future__ import annotations

from typing import Any

from wordvec.errors import counted
from wordvec.evaluation.tables import format_table
from wordvec.experiments.tuning import TestResult, Tuning
from wordvec.experiments.tuning.trials import Trial, best_first

SHOWN = 5
TEST = ("test set", "winner", "95 % interval", "default", "95 % interval", "difference", "95 % interval", "p (Holm)")


def tuning_text(found: Tuning, command: str) -> str:
    """The best trials, the test of winner and default, and the command that trains the winner."""
    rows = []
    for trial in _ranked(found)[:SHOWN]:
        options = ", ".join(f"{name} {value}" for name, value in trial.options.items()) or "the default options"
        rows.append([f"{trial.number}", _value(trial.values[-1]), options])
    last = "" if found.epochs[-1] is None else f", {found.epochs[-1]} epochs"
    parts = [
        f"{len(found.trials) - 1} trials and the default options of {found.base.trainer}; best on development{last}:",
        format_table(rows, ["trial", "development", "options"], right=(0, 1)),
    ]
    failed = sum(trial.values[-1] is None for trial in found.trials)
    if failed:
        parts.append(f"{counted(failed, 'trial')} could not be trained; the log of every trial says why.")
    if found.winner.number == 0:
        parts.append("No trial was better than the default options.")
    elif found.test:
        parts.append(format_table([_test_row(each) for each in found.test], TEST, right=(1, 3, 5, 7)))
        parts.append("The search did not use the test sets; a winner's development scores are too optimistic.")
    else:
        parts.append(
            "A winner's development scores are too optimistic: give --test-similarity or --test-analogy for a test."
        )
    if found.winner.number == 0 and found.test:
        parts.append("\n".join(str(each.default) for each in found.test))
    parts.append(f"every trial: {found.log}\nto train the winner:\n  {command}")
    return "\n\n".join(parts)


def tuning_as_dict(found: Tuning, command: str) -> dict[str, Any]:
    """The result for ``json.dumps``."""
    return {
        "trainer": found.base.trainer,
        "seed": found.seed,
        "epochs_of_rounds": list(found.epochs),
        "trials": [{"trial": trial.number, "options": trial.options, "values": trial.values} for trial in found.trials],
        "winner": {
            "trial": found.winner.number,
            "options": found.best_configuration.options,
            "development": found.winner.values[-1],
            "model": None if found.winner.model is None else str(found.winner.model.path),
        },
        "default": {"options": found.base.options, "development": found.default.values[-1]},
        "test": [
            {
                "set": each.winner.name,
                "measure": each.winner.measure,
                "winner": each.winner.score,
                "winner_ci95": each.winner.ci95,
                "default": each.default.score,
                "default_ci95": each.default.ci95,
                "difference": each.difference.difference,
                "difference_ci95": each.difference.ci95,
                "p": each.difference.p,
                "p_holm": each.p_holm,
                "items": each.winner.items,
                "covered": each.winner.covered,
                "protocol": each.winner.protocol,
            }
            for each in found.test
        ],
        "log": str(found.log),
        "command": command,
    }


def _ranked(found: Tuning) -> list[Trial]:
    """The trials of the last round, the best first."""
    last = [trial for trial in found.trials if trial.values[-1] is not None and len(trial.values) == len(found.epochs)]
    if found.default not in last and found.default.values[-1] is not None:
        last.append(found.default)
    return best_first(last)


def _value(value: float | None) -> str:
    return "failed" if value is None else f"{value:.4f}"


def _test_row(each: TestResult) -> list[str]:
    write = each.winner.written
    cells = [each.winner.name]
    for score in (each.winner, each.default):
        cells.append("nothing evaluated" if score.score is None else write(score.score))
        cells.append("" if score.ci95 is None else f"[{', '.join(map(write, score.ci95))}]")
    found = each.difference
    cells.append("" if found.difference is None else write(found.difference))
    cells.append("" if found.ci95 is None else f"[{', '.join(map(write, found.ci95))}]")
    p = each.p_holm
    return [*cells, "" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"]
