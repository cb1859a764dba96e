"""Changes to text before it is tokenized; by default none.

A change cannot be undone and merges words ("US" and "us", "résumé" and "resume", 1990 and 2018), so each is optional.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache

from wordvec.errors import OptionError

CHOICES = {
    "case": ("keep", "lower", "fold"),
    "unicode": ("keep", "NFC", "NFKC"),
    "accents": ("keep", "strip"),
    "numbers": ("keep", "zero", "drop"),
    "punctuation": ("keep", "drop"),
}


@dataclass(frozen=True)
class Normalization:
    """How text is changed before it is tokenized, in this order; each option is ``"keep"`` by default.

    - `unicode`: ``"NFC"`` composes letters and accents, and jamo to Hangul syllables; ``"NFKC"`` also replaces
      compatibility forms (ﬁ, ², full-width letters, half-width kana) by plain ones.
    - `case`: ``"lower"`` is ``str.lower``: İ becomes i with a dot above (a combining mark), I becomes i in every
      language (Turkish ı is left alone), ß stays, and a Σ that ends a word becomes ς. ``"fold"`` is
      ``str.casefold``: like lower, but ß becomes ss and both sigmas σ, so that STRASSE and Straße become equal.
    - `accents`: ``"strip"`` removes the marks of Latin, Greek and Cyrillic letters: é, ά and ё become e, α and е,
      and й becomes и. ø, ł, ß and ı have no marks and stay. It removes the vowel points of Hebrew and Arabic words,
      too, but no hamza or madda, and the stroke that only widens Arabic ones (tatweel). Hangul, voiced kana (が),
      vowel signs of Indian scripts and all other scripts are unchanged.
    - `numbers`: ``"zero"`` replaces each number and its separators (1,234.5) by 0, also at the start of a word
      (1990s, 2018년 become 0s, 0년); digits later in a word belong to its name (mp3, covid19). ``"drop"``
      replaces separate numbers by a space; a number at the start of a word becomes 0.
    - `punctuation`: ``"drop"`` replaces punctuation and mathematical, currency and accent signs (Unicode categories
      P, Sm, Sc, Sk) by a space. Between letters or digits, apostrophes, ``_`` and ``·`` stay (don't, new_york),
      and so do the point and comma between digits, geresh, and gershayim or a double quote between Hebrew letters.
      Emoji and other symbols stay.

    Applying it twice gives the same result as once. Raises OptionError for an unknown value.

    >>> Normalization(case="lower", accents="strip", numbers="zero", punctuation="drop").apply("Déjà vu, in 1990!")
    'deja vu  in 0 '
    """

    case: str = "keep"
    unicode: str = "keep"
    accents: str = "keep"
    numbers: str = "keep"
    punctuation: str = "keep"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                raise OptionError(f"normalization: {name} is {', '.join(choices[:-1])} or {choices[-1]}; got {value!r}")

    @classmethod
    def from_options(cls, options: Normalization | Mapping[str, str] | None) -> Normalization:
        """Make a normalization from one, from a dictionary of its options, or from None (no change).

        Raises OptionError for an unknown option or value.

        >>> Normalization.from_options({"case": "lower"}).apply("The CAT")
        'the cat'
        """
        if isinstance(options, Normalization):
            return options
        if options is not None and not isinstance(options, Mapping):
            raise OptionError(
                f"normalization is a Normalization or a dictionary such as {{'case': 'lower'}}; got {options!r:.80}"
            )
        options = options or {}
        for name in options:
            if name not in CHOICES:
                raise OptionError(f"normalization has no option {name!r}; it has: {', '.join(CHOICES)}")
        return cls(**options)

    @property
    def changes_nothing(self) -> bool:
        """Whether every option is ``"keep"``."""
        return self == Normalization()

    def as_dict(self) -> dict[str, str]:
        """All options and their values, for JSON."""
        return asdict(self)

    def apply(self, text: str) -> str:
        r"""Normalize `text`, which is one or more whole lines; the number of lines stays the same.

        >>> Normalization(unicode="NFKC", case="fold").apply("ﬁne Straße\nＡ")
        'fine strasse\na'
        """
        if text.isascii():
            text = text if self.case == "keep" else text.lower()
        else:
            text = self._letters_changed(text)
        if self.numbers != "keep":
            text = _NUMBER.sub("0", text) if self.numbers == "zero" else _NUMBER.sub(_zero_if_in_word, text)
        if self.punctuation == "drop":
            text = (_ASCII_PUNCTUATION if text.isascii() else _punctuation()).sub(" ", text)
        return text

    def _letters_changed(self, text: str) -> str:
        text = _normal_form(text, self.unicode)
        if self.case != "keep":
            text = text.lower() if self.case == "lower" else text.casefold()
            text = _normal_form(text, self.unicode)  # a change of case can undo the normal form
        if self.accents == "strip":
            text = _marks_after_letters().sub(_without_accents, text.translate(_WITHOUT_MARKS))
            text = _normal_form(without_tatweel(text), self.unicode)  # a mark may have lain between two others
        return text


def _normal_form(text: str, form: str) -> str:
    if form == "keep":
        return text
    return unicodedata.normalize("NFC" if form == "NFC" else "NFKC", text)


SCRIPTS_WITH_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")
ACCENTS = "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f"  # combining
VOWEL_POINTS_WITHIN = (0x590, 0x900)  # the blocks of Hebrew and Arabic
TATWEEL = "\u0640"
HEBREW = "[\u0591-\u05c7\u05d0-\u05ea]"  # a letter or a point
LETTERS_END = 0x10800  # Latin, Greek and Cyrillic letters have smaller code points, except for a few historic ones


class _WithoutMarks(dict[int, "int | None"]):
    """For ``str.translate``: letters of SCRIPTS_WITH_ACCENTS and Hebrew without their marks; no vowel points."""

    def __missing__(self, code_point: int) -> int | None:
        decomposed = unicodedata.normalize("NFD", chr(code_point))
        first = decomposed[0]
        may_have = _has_accents(first) or unicodedata.name(first, "").startswith("HEBREW LETTER")
        has_marks = len(decomposed) > 1 and may_have
        self[code_point] = ord(first) if has_marks else None if _is_vowel_point(first) else code_point
        return self[code_point]


_WITHOUT_MARKS = _WithoutMarks()


def _has_accents(character: str) -> bool:
    return unicodedata.name(character, "").startswith(SCRIPTS_WITH_ACCENTS)


def _is_vowel_point(character: str) -> bool:
    """Whether a mark of Hebrew or Arabic says how a word is read; hamza and madda are parts of letters."""
    name = unicodedata.name(character, "")
    is_mark = unicodedata.category(character) == "Mn" and name.startswith(("HEBREW", "ARABIC"))
    return is_mark and "HAMZA" not in name and "MADDAH" not in name


def without_vowel_points(text: str) -> str:
    """`text` without the vowel points of Hebrew and Arabic words and without tatweel.

    >>> without_vowel_points("كِتَاب") == without_vowel_points("كـتـاب"), without_vowel_points("café")
    (True, 'café')
    """
    return without_tatweel(text.translate(_vowel_points()))


@cache
def _vowel_points() -> dict[int, None]:
    return dict.fromkeys(c for c in range(*VOWEL_POINTS_WITHIN) if _is_vowel_point(chr(c)))


def without_tatweel(text: str) -> str:
    """`text` without the strokes that widen Arabic words, but for those that carry a mark such as hamza.

    >>> without_tatweel("كـتـاب") == "كتاب"
    True
    """
    return _tatweel().sub("", text) if TATWEEL in text else text


@cache
def _tatweel() -> re.Pattern[str]:
    marks = [c for c in range(0x300, 0x20000) if unicodedata.category(chr(c))[0] == "M"]
    points = [c for c in marks if _is_vowel_point(chr(c))]
    others = sorted({*marks} - {*points})
    return re.compile(f"{TATWEEL}+(?![{TATWEEL}{character_class(points)}]*[{character_class(others)}])")


@cache
def _marks_after_letters() -> re.Pattern[str]:
    letters = character_class(c for c in range(0x41, LETTERS_END) if _has_accents(chr(c)))
    marks = character_class(c for c in range(0x300, LETTERS_END) if unicodedata.category(chr(c))[0] == "M")
    return re.compile(f"(?<=[{letters}])[{marks}]+")


def _without_accents(marks: re.Match[str]) -> str:
    return _ACCENTS.sub("", marks[0])  # marks of other scripts among them stay


_ACCENTS = re.compile(f"[{ACCENTS}]+")
# A number does not begin after a letter or a digit. Group 1 is not None if the word continues after the number.
# The lookbehind comes second, so that the search can run from digit to digit.
_NUMBER = re.compile(r"\d(?<![^\W_].)\d*(?:[.,'’\u066b\u066c]\d+)*((?=[^\W_]))?")


def _zero_if_in_word(number: re.Match[str]) -> str:
    return " " if number[1] is None else "0"


def _punctuation_pattern(code_points: Iterable[int]) -> re.Pattern[str]:
    """Matches one of these characters, but no joiner between letters or digits, or point or comma between digits.

    A double quote is a joiner between Hebrew letters only: there it marks an abbreviation.
    """
    joiners, points, letter = "'’_·\u05f3\u05f4", ".,\u066b\u066c", r"[^\W_]"
    found = set(code_points)
    others = found - {ord(c) for c in joiners + points + '"'}
    return re.compile(
        rf"[{character_class(found)}](?:(?<=[{character_class(others)}])"
        rf"|(?<=[{joiners}])(?:(?<!{letter}.)|(?!{letter}))|(?<=[{points}])(?:(?<!\d.)|(?!\d))"
        rf"|(?<=\")(?:(?<!{HEBREW}.)|(?!{HEBREW})))"
    )


def _is_punctuation(code_point: int) -> bool:
    category = unicodedata.category(chr(code_point))
    skin_tone = 0x1F3FB <= code_point <= 0x1F3FF  # modifies the emoji before it
    return category[0] == "P" or (category in ("Sm", "Sc", "Sk") and not skin_tone)


@cache
def _punctuation() -> re.Pattern[str]:
    return _punctuation_pattern(filter(_is_punctuation, range(0x20000)))


def character_class(code_points: Iterable[int]) -> str:
    """Ranges of characters for a regular expression, without the ``[`` and ``]``.

    >>> character_class([97, 98, 99, 120]) == re.escape("a") + "-" + re.escape("c") + re.escape("x")
    True
    """
    ranges: list[list[int]] = []
    for code_point in sorted(code_points):
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return "".join(
        re.escape(chr(first)) + (f"-{re.escape(chr(last))}" if last > first else "") for first, last in ranges
    )


_ASCII_PUNCTUATION = _punctuation_pattern(filter(_is_punctuation, range(128)))
