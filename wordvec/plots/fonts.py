"""Installed fonts that have the glyphs of the labels, found by script; a warning if there are none."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import OptionError
from wordvec.progress import warn


class Script(NamedTuple):
    """A writing system: its code points, the preferred fonts, and a package with one of them."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    families: tuple[str, ...]
    package: str


KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
NOTO_CJK = ("Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK SC")  # any of them has all CJK glyphs

# Han characters alone mean Chinese; with kana or hangul they are Japanese or Korean, so Chinese is last.
SCRIPTS = (
    Script(
        "Korean", HANGUL, ("Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic",
        "UnDotum", "Baekmuk Gulim", *NOTO_CJK), "fonts-noto-cjk",
    ),
    Script(
        "Japanese", KANA, ("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "IPAexGothic",
        "IPAGothic", "TakaoGothic", "VL Gothic", *NOTO_CJK), "fonts-noto-cjk",
    ),
    Script(
        "Chinese", HAN, ("Noto Sans CJK SC", "Noto Sans SC", "Noto Sans CJK TC", "PingFang SC", "Microsoft YaHei",
        "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", *NOTO_CJK), "fonts-noto-cjk",
    ),
    Script(
        "Arabic", ((0x0600, 0x06FF), (0x0750, 0x077F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
        ("Noto Sans Arabic", "Noto Naskh Arabic", "Geeza Pro", "Segoe UI", "Amiri"), "fonts-noto-core",
    ),
    Script("Hebrew", ((0x0590, 0x05FF),), ("Noto Sans Hebrew", "Arial Hebrew", "Segoe UI"), "fonts-noto-core"),
    Script("Devanagari", ((0x0900, 0x097F),), ("Noto Sans Devanagari", "Kohinoor Devanagari", "Nirmala UI", "Mangal"),
           "fonts-noto-core"),
    Script("Thai", ((0x0E00, 0x0E7F),), ("Noto Sans Thai", "Thonburi", "Leelawadee UI", "Loma"), "fonts-noto-core"),
    Script("emoji", ((0x2600, 0x27BF), (0x1F000, 0x1FAFF)), ("Noto Emoji", "Symbola", "Segoe UI Emoji"),
           "fonts-symbola"),  # matplotlib cannot draw fonts of pictures in colour
)  # fmt: skip

REFERENCE_SIZE = 20.0  # points, for looking up advances
SHRINKS = 0.98  # share of the summed advances that remains after kerning and hinting, at least
BEARINGS = 0.14  # white beside the first and last letter, in font sizes, which a label's width excludes

RIGHT_TO_LEFT = ("Arabic", "Hebrew")
_warned: set[str] = set()  # scripts already warned about in this process


def matplotlib_module() -> Any:
    """Matplotlib. Raises OptionError where the environment names a backend that it does not know."""
    try:
        import matplotlib
    except ValueError as error:
        if "backend" not in str(error):
            raise
        raise OptionError(
            f"the variable MPLBACKEND is {os.environ.get('MPLBACKEND')!r}, which matplotlib does not know: unset it, "
            "or set it to agg"
        ) from None
    return matplotlib


def font_families(labels: Iterable[str]) -> list[str]:
    """Return families of installed fonts that together can draw `labels`, matplotlib's own first; for ``fontfamily=``.

    For characters that the default font lacks, fonts of their script are tried by name, then any installed font. If no
    font has a character, it is drawn as a box, and a UserWarning says once per script what to install. matplotlib 3.11
    and later join Arabic and Hebrew letters and set them from right to left; earlier versions do not, which a
    UserWarning reports once.

    >>> font_families(["plain", "Latin", "café"])
    ['DejaVu Sans']
    """
    characters = set().union(*labels)
    _warn_of_direction(characters)
    families, lacking = _families_for(characters)
    if lacking and _add_new_fonts():
        families, lacking = _families_for(characters)
    _warn_once(lacking)
    return families


def _families_for(characters: set[str]) -> tuple[list[str], set[str]]:
    """Families that matplotlib knows and that draw the characters, and the characters that none of them has."""
    families = [_default_family()]
    lacking = {character for character in characters if not character.isspace()}
    lacking -= _characters(families[0], frozenset(lacking))
    by_script = (family for script in _scripts_of(lacking) for family in script.families)
    for family in chain(by_script, sorted(_installed())):
        if not lacking:
            break
        families, lacking = _with_family(family, families, lacking)
    return families, lacking


def _add_new_fonts() -> bool:
    """Tell matplotlib of fonts installed since it wrote its list, which it does once; whether there are any."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known):
        with suppress(Exception):  # what matplotlib says of files that it cannot read is not documented
            fontManager.addfont(path)
    if {entry.fname for entry in fontManager.ttflist} == known:
        return False
    _installed.cache_clear()
    _glyphs.cache_clear()
    return True


def least_widths(labels: Sequence[str]) -> np.ndarray:
    """Return a lower bound of the labels' widths in font sizes (N,), from the advances of their letters.

    Kerning and hinting can narrow a label by a few percent. Letters that the default font lacks count as 0.

    >>> least_widths(["", "il", "WM"]).round(1).tolist()
    [0.0, 0.4, 1.7]
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    font.set_size(REFERENCE_SIZE, 72)
    glyphs = font.get_charmap()
    advances = {
        c: font.load_char(ord(c)).linearHoriAdvance / 65536 / REFERENCE_SIZE if ord(c) in glyphs else 0.0
        for c in set().union(*labels)
    }
    sums = np.array([sum(map(advances.__getitem__, label)) for label in labels])
    return np.asarray(np.maximum(SHRINKS * sums - BEARINGS, 0.0))


def _with_family(family: str, families: list[str], lacking: set[str]) -> tuple[list[str], set[str]]:
    """Add `family` if it is installed and has some of the `lacking` characters."""
    found = _characters(family, frozenset(lacking)) if family in _installed() else set()
    return ([*families, family], lacking - found) if found else (families, lacking)


def _scripts_of(characters: set[str]) -> list[Script]:
    def has(script: Script) -> bool:
        return any(first <= ord(c) <= last for c in characters for first, last in script.ranges)

    return [script for script in SCRIPTS if has(script)]


def _default_family() -> str:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return str(get_font(findfont(FontProperties())).family_name)


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    """Family -> file of its upright regular face."""
    from matplotlib.font_manager import fontManager

    return {
        entry.name: entry.fname
        for entry in reversed(fontManager.ttflist)  # so that the first of a name wins
        if entry.style == "normal" and str(entry.weight) in REGULAR and not entry.name.startswith(BOXES_ONLY)
    }


def is_truetype(family: str) -> bool:
    """Whether a family's outlines are TrueType, which PDF embeds directly, and not OpenType with CFF, such as Noto's
    CJK fonts. True for names that are not installed families, such as "sans-serif".

    >>> is_truetype("DejaVu Sans"), is_truetype("sans-serif")
    (True, True)
    """
    path = _installed().get(family)
    if path is None:
        return True
    with open(path, "rb") as file:
        kind = file.read(4)
        if kind == b"ttcf":  # a collection: the first font's kind is at the first offset
            file.seek(12)
            file.seek(int.from_bytes(file.read(4), "big"))
            kind = file.read(4)
    return kind != b"OTTO"


BOXES_ONLY = "Last Resort"  # part of matplotlib, with a box for every code point
REGULAR = ("400", "normal", "regular", "book", "roman")


@lru_cache(maxsize=64)
def _glyphs(family: str) -> frozenset[int]:
    """The code points a family has glyphs for."""
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_installed()[family]).get_charmap()) if family in _installed() else frozenset()


def _characters(family: str, wanted: frozenset[str]) -> set[str]:
    glyphs = _glyphs(family)
    return {character for character in wanted if ord(character) in glyphs}


@contextmanager
def boxes_allowed() -> Iterator[None]:
    """Silence matplotlib's warnings about glyphs drawn as boxes: `font_families` has already warned."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _warn_of_direction(characters: set[str]) -> None:
    """Warn once that matplotlib before 3.11 cannot set Arabic and Hebrew."""
    matplotlib = matplotlib_module()
    if "direction" in _warned or tuple(map(int, matplotlib.__version__.split(".")[:2])) >= (3, 11):
        return
    if any(script.name in RIGHT_TO_LEFT for script in _scripts_of(characters)):
        _warned.add("direction")
        warn(
            f"matplotlib {matplotlib.__version__} sets Arabic and Hebrew letter by letter from left to right, which "
            "cannot be read; 3.11 and later set them right: pip install -U matplotlib",
        )


def _warn_once(lacking: set[str]) -> None:
    for script in [*_scripts_of(lacking), Script("other", ((0, 0x10FFFF),), (), "fonts-noto-core")]:
        characters = sorted(c for c in lacking if any(first <= ord(c) <= last for first, last in script.ranges))
        lacking = lacking - set(characters)
        if not characters or script.name in _warned:
            continue
        _warned.add(script.name)
        name = {"other": "some characters", "emoji": "emoji"}.get(script.name, f"{script.name} characters")
        warn(
            f"no installed font has glyphs for {name} ({' '.join(characters[:5])}), which will be drawn as boxes: "
            f"install one (Debian, Ubuntu: apt install {script.package}; elsewhere fonts.google.com/noto) and start "
            "Python again",
        )
