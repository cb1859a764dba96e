"""Help in Korean or Japanese if the environment requests it, otherwise in English.

The variables are gettext's: LC_ALL, LC_MESSAGES or LANG names the locale. LANGUAGE is a list of languages to try; a
locale C or POSIX overrides it. Without any of them, Windows' own language counts. The catalogues are gettext's .po
files in catalogues/, read directly; texts that one lacks stay English. scripts/catalogues.py updates them from the
parsers.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from typing import Any

from wordvec.json_forms import parse_json
from wordvec.terminal import display_width

LANGUAGES = {"ko": "한국어", "ja": "日本語"}  # their own names, to test whether a terminal can encode them
LONGEST_LINE = 100  # columns of prose on a wide terminal
SHORTEST_LINE = 24  # columns beside a name on a narrow one
USAGE = "usage: "
ENTRY = re.compile(r"(\s*\S(?:.*?\S)?\s{2,})(\S.*)")  # a command, or a name, and its description
# Lines break at spaces and between kana and kanji, but not within katakana or before 、 and the like.
_AFTER = "、。，．・：；？！」』）〉》】ーぁぃぅぇぉっゃゅょ"
_BEFORE = "「『（〈《【"
_WORD = re.compile(
    rf"(\s*)([{_BEFORE}]*(?:[ァ-ヺ]+|[ぁ-ゖ一-鿿々]|[^\s{_BEFORE}{_AFTER}ぁ-ヺ一-鿿々]+)[{_AFTER}]*|\S)", re.UNICODE
)


def wanted(environment: Mapping[str, str]) -> str | None:
    """The help language that these variables request, "ko" or "ja"; None for English.

    >>> wanted({"LANG": "ko_KR.UTF-8"}), wanted({"LANG": "en_GB.UTF-8", "LANGUAGE": "xx:ja:ko"})
    ('ko', 'ja')
    >>> wanted({"LANG": "ko_KR.UTF-8", "LC_ALL": "C", "LANGUAGE": "ko"}), wanted({"LANG": "tr_TR"}), wanted({})
    (None, None, None)
    """
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    if locale in ("C", "POSIX"):
        return None
    for name in (environment.get("LANGUAGE") or locale).split(":"):
        language = re.split(r"[_.@-]", name)[0].lower()
        if language == "en":
            return None
        if language in LANGUAGES:
            return language
    return None


def locale_of_windows() -> str:
    """The locale of the user's language on Windows, such as ko_KR; empty on other systems."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


def formatter_for(environment: Mapping[str, str], encoding: str | None) -> Callable[..., TranslatedHelp] | None:
    """The argparse formatter for the user's language; None for English, or if `encoding` lacks its letters."""
    language = wanted({"LANG": locale_of_windows(), **environment})
    if language is None:
        return None
    try:
        LANGUAGES[language].encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return None
    catalogue = read_catalogue(language)
    return partial(TranslatedHelp, say=lambda text: catalogue.get(text) or text)


def read_catalogue(language: str) -> dict[str, str]:
    """The translation of each English text."""
    path = resources.files("wordvec.cli").joinpath("catalogues", f"{language}.po")
    return parse_catalogue(path.read_text(encoding="utf-8"))


def parse_catalogue(content: str) -> dict[str, str]:
    r"""The texts of a .po file and their translations, "" for missing ones.

    >>> parse_catalogue('#: train\nmsgid "passes over "\n"the corpus"\nmsgstr "말뭉치를 도는 횟수"\n')
    {'passes over the corpus': '말뭉치를 도는 횟수'}
    """
    texts: dict[str, str] = {}
    parts = {"msgid": "", "msgstr": ""}
    part = "msgid"
    for line in [*content.splitlines(), 'msgid ""']:
        found = re.fullmatch(r'(msgid|msgstr)?\s*(".*")', line.strip())
        if not found:
            continue
        if found[1] == "msgid":
            texts[parts["msgid"]] = parts["msgstr"]
            parts = {"msgid": "", "msgstr": ""}
        part = found[1] or part
        parts[part] += parse_json(found[2])
    texts.pop("", None)  # the header
    return texts


class TranslatedHelp(argparse.RawDescriptionHelpFormatter):
    """argparse's help with every text translated by `say`, and lines broken by display width."""

    def __init__(self, *args: Any, say: Callable[[str], str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._say = say

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """As argparse's, with "usage" translated."""
        super().add_usage(usage, actions, groups, self._say(USAGE) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """As argparse's, with the heading translated."""
        super().start_section(self._say(heading) if heading else heading)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return self._say(action.help) if action.help else action.help

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return laid_out(text, self._say, min(width, LONGEST_LINE))


def laid_out(text: str, say: Callable[[str], str], width: int) -> str:
    r"""A description with its prose and remarks translated by `say`; commands and names are unchanged.

    >>> print(laid_out("Draw a map,\nor more.\n\n  wordvec plot a.png   a picture", str.upper, 80))
    DRAW A MAP, OR MORE.
    <BLANKLINE>
      wordvec plot a.png   A PICTURE
    """
    lines = []
    for head, body in _parts(text):
        said = say(body) if body else ""
        room = math.inf if head.lstrip().startswith("wordvec ") else max(width - len(head), SHORTEST_LINE)
        first, *others = wrapped(said, room) or [""]
        lines += [head + first, *(" " * len(head) + other for other in others)]
    return "\n".join(lines)


def _parts(text: str) -> list[list[str]]:
    """Pairs of a fixed and a translated part; prose has no fixed part, blank lines and bare commands nothing else."""
    parts: list[list[str]] = []
    for line in text.splitlines():
        line = line.rstrip()
        apart = line.startswith((" ", "wordvec "))
        entry = ENTRY.fullmatch(line) if apart else None
        if parts and parts[-1][1] and line and (line.startswith(" " * 6) or not (apart or parts[-1][0])):
            parts[-1][1] += " " + line.strip()  # continues the last text
        elif entry:
            parts.append([entry[1], entry[2]])
        else:
            parts.append([line, ""] if apart or not line else ["", line])
    return parts


def wrapped(text: str, width: float) -> list[str]:
    """Lines of at most `width` columns (Korean and Japanese letters take two); a longer word is not broken.

    >>> wrapped("말뭉치를 도는 횟수", 12), wrapped("コーパスを読む回数。", 12)
    (['말뭉치를', '도는 횟수'], ['コーパスを読', 'む回数。'])
    """
    lines: list[str] = [""]
    for space, word in _WORD.findall(text):
        if lines[-1] and display_width(lines[-1]) + len(space) + display_width(word) > width:
            lines.append(word)
        else:
            lines[-1] += (space if lines[-1] else "") + word
    return lines if lines[0] else []
