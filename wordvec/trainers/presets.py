"""Presets: options for data other than text.

items   sessions, baskets, playlists. Every item of a session is a context of every other, as in item2vec (Barkan and
        Koenigstein 2016, section 3), so the window is the whole session and is not shrunk. Popular items are not
        subsampled. Negatives are drawn by counts ** -0.5, rare items more often than popular ones. In Caselles-Dupré,
        Lesaint and Royo-Letelier ("Word2vec applied to recommendation: hyperparameters matter", RecSys 2018) this power
        found the next items of music sessions best. The best power depends on the data, as they show: on the sessions
        of scripts/benchmark.py 0.75 does as well, and better with a window of 5. Compare on held-out sessions of your
        own (`wordvec.evaluation.evaluate_sessions`)
walks   random walks on a graph, with the neighbourhood of DeepWalk (Perozzi, Al-Rfou and Skiena 2014) and node2vec
        (Grover and Leskovec 2016, section 4.3): always 10 nodes on each side, and nodes are not subsampled
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wordvec.errors import OptionError

if TYPE_CHECKING:
    from typing_extensions import Self

PRESETS: dict[str, dict[str, Any]] = {
    "items": {"window": "sentence", "shrink_window": False, "subsample": 0.0, "negative_power": -0.5},
    "walks": {"window": 10, "shrink_window": False, "subsample": 0.0},
}


def with_preset(name: str, trainer: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a preset, overridden by `options`.

    Raises OptionError for an unknown preset, or a trainer without presets.

    >>> with_preset("walks", "skipgram", {"window": 5, "dim": 64})
    {'window': 5, 'shrink_window': False, 'subsample': 0.0, 'dim': 64}
    """
    if name not in PRESETS:
        raise OptionError(f"no preset {name!r}; there are: {', '.join(PRESETS)}")
    if trainer not in ("skipgram", "cbow"):
        raise OptionError(f"the {trainer} trainer has no presets: they are options of skipgram and cbow")
    return PRESETS[name] | options


class Presets:
    """Constructors that use the options of a preset."""

    name: ClassVar[str]

    @classmethod
    def for_items(cls, **options: Any) -> Self:
        """A trainer for sessions, baskets and playlists; `options` override the preset (`wordvec.trainers.presets`).

        >>> from wordvec import SkipGram
        >>> SkipGram.for_items(dim=50).window
        'sentence'
        """
        return cls(**with_preset("items", cls.name, options))

    @classmethod
    def for_walks(cls, **options: Any) -> Self:
        """A trainer for random walks on a graph; `options` override the preset (`wordvec.trainers.presets`).

        >>> from wordvec import SkipGram
        >>> SkipGram.for_walks(dim=64).window
        10
        """
        return cls(**with_preset("walks", cls.name, options))
