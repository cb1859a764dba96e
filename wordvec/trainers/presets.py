"""Options that go together for what is not text, by the name of what they are for.

items   sessions, baskets, playlists: every item of a session is a context of every other, as in item2vec (Barkan and
        Koenigstein 2016, section 3), so the window is the session and is not drawn smaller; popular items are not
        thinned out; negatives are drawn by counts ** -0.5, the rare ones more often than the popular ones. With
        Caselles-Dupré, Lesaint and Royo-Letelier ("Word2vec applied to recommendation: hyperparameters matter",
        RecSys 2018) this power found the next items of music sessions best. What is best differs by the data, as they
        show: on the sessions of scripts/benchmark.py 0.75 does as well, and better at a window of 5. Compare on
        sessions of your own that were kept from training (`wordvec.evaluation.evaluate_sessions`)
walks   random walks on a graph, with the neighbourhood of DeepWalk (Perozzi, Al-Rfou and Skiena 2014) and node2vec
        (Grover and Leskovec 2016, section 4.3): 10 nodes on each side, all of them, and no node is thinned out
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
    """Return the options of a preset, those in `options` in place of the preset's own.

    Raises OptionError for a preset that does not exist, or one of a trainer that has no presets.

    >>> with_preset("walks", "skipgram", {"window": 5, "dim": 64})
    {'window': 5, 'shrink_window': False, 'subsample': 0.0, 'dim': 64}
    """
    if name not in PRESETS:
        raise OptionError(f"no preset {name!r}; there are: {', '.join(PRESETS)}")
    if trainer not in ("skipgram", "cbow"):
        raise OptionError(f"the {trainer} trainer has no presets: they are options of skipgram and cbow")
    return PRESETS[name] | options


class Presets:
    """Makes a trainer with the options of a preset."""

    name: ClassVar[str]

    @classmethod
    def for_items(cls, **options: Any) -> Self:
        """The trainer with options for sessions, baskets and playlists; `options` win. See `wordvec.trainers.presets`.

        >>> from wordvec import SkipGram
        >>> SkipGram.for_items(dim=50).window
        'sentence'
        """
        return cls(**with_preset("items", cls.name, options))

    @classmethod
    def for_walks(cls, **options: Any) -> Self:
        """The trainer with options for random walks on a graph; `options` win. See `wordvec.trainers.presets`.

        >>> from wordvec import SkipGram
        >>> SkipGram.for_walks(dim=64).window
        10
        """
        return cls(**with_preset("walks", cls.name, options))
