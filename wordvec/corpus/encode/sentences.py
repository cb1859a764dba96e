"""Splits a line of text into sentences by rules that need no language setting and no model.

In doubt the rules do not split: if two sentences are read as one, a window may cross a full stop, but a sentence cut
in two loses contexts.
"""

from __future__ import annotations

import re

# Sentence ends that need no white space after them: Chinese and Japanese stops, and those of other scripts.
FULL_STOPS = "。！？｡．।॥۔؟።፧။៕։"
ENDS = ".!?…" + FULL_STOPS
CLOSING = "\"'”’»›)]}」』】〉》）］｝〕＂＇"
OPENING = "\"'“‘„‚«‹([{「『【〈《（［｛〔¿¡—–-"

# A full stop after these does not end a sentence (lower case, without the stop).
ABBREVIATIONS = """
mr mrs ms mx dr prof rev hon gen col maj capt lt sgt cpl cmdr adm gov sen rep pres st mt messrs mme mlle fr sr jr
vs v cf ca approx e.g i.e eg ie viz etc al et est dept univ inc ltd co corp bros ave blvd rd
jan feb apr jun jul aug sep sept oct nov dec tue tues wed thu thur thurs fri
nr bzw usw z.b d.h u.a evtl ggf bd hr hrsg p.ex sig dott sra dña ud uds
"""
# A full stop after these does not end a sentence if a number follows: "No. 5", but "He said no."
BEFORE_NUMBERS = "no nos nr p pp fig figs vol vols ch sec art eq eqs ex op tab pt vv"

_ABBREVIATIONS, _BEFORE_NUMBERS = frozenset(ABBREVIATIONS.split()), frozenset(BEFORE_NUMBERS.split())
GERMAN_CLOSING = "“‘«"  # opening quotes elsewhere, but not right after . ! ?
_SPACES = " \u00a0\u202f"  # before a French », which then is followed by white space
_END = re.compile(
    rf"[{re.escape(ENDS)}]+(?:(?<=[.!?…])[{re.escape(CLOSING + GERMAN_CLOSING)}]*|[{re.escape(CLOSING)}]*)"
    rf"(?:[{_SPACES}]»(?!\S))?"
)
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W_]+(?:\.[^\W_]+)*$")
_NEXT_WORD = re.compile(rf"[\s{re.escape(OPENING)}]*")
_GOES_ON = re.compile("[、，,：；と]|って")  # after a closing quote: 「…。」と言った
LONGEST_WORD = 40  # characters to look back


def split_sentences(line: str) -> list[str]:
    r"""The sentences of one line of text, without the white space around them; an empty line has none.

    A sentence ends after a run of ``. ! ? …`` and any closing quotes and brackets, if

    - white space or the end of the line follows, and
    - the next word does not begin with a lowercase letter (``"Really?" he said.``), and
    - a single full stop does not belong to the word before it: an abbreviation (``Dr.``, ``etc.``, the list is
      ABBREVIATIONS), ``No.`` or ``p.`` before a number, an initial or letters with stops (``J. R. R.``,
      ``U.S.``, ``z. B.``), or a number that begins the sentence (``1. Introduction``).
      German ordinals before a capital are not recognized (``am 3. Mai`` is split).

    Stops inside words and numbers (``3.14``, ``wordvec.org``) have no white space after them and don't count. The
    full stops of Chinese and Japanese (``。！？``) end a sentence by themselves, and so do those of Devanagari,
    Arabic, Ethiopic, Burmese, Khmer and Armenian, unless a closing quote and と or a comma follow.

    >>> split_sentences("Dr. Smith paid 3.50 for it. \"Why?\" he asked. He left...")
    ['Dr. Smith paid 3.50 for it.', '"Why?" he asked.', 'He left...']
    >>> split_sentences("비가 왔다. 우산이 없었다! 东京很大。「行くよ。」と言った。")
    ['비가 왔다.', '우산이 없었다!', '东京很大。', '「行くよ。」と言った。']
    """
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(line):
        if _ends_sentence(line, start, end):
            sentences.append(line[start : end.end()].strip())
            start = end.end()
    sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_sentence(line: str, start: int, end: re.Match[str]) -> bool:
    stop = end.end()
    if stop == len(line):
        return True
    run = end[0]
    stops = run.rstrip(CLOSING + GERMAN_CLOSING + _SPACES)
    if any(character in FULL_STOPS for character in stops):
        return stops == run or not _GOES_ON.match(line, stop)
    if not line[stop].isspace():
        return False
    next_word = _NEXT_WORD.match(line, stop)
    first = line[next_word.end() : next_word.end() + 1] if next_word else ""
    if first.islower():
        return False
    return stops != "." or not _stop_belongs_to_word(line, start, end.start(), first)


def _stop_belongs_to_word(line: str, start: int, stop: int, next_character: str) -> bool:
    """Whether the full stop at `stop` is part of the word before it; `start` is where the sentence begins."""
    found = _LAST_WORD.search(line, max(start, stop - LONGEST_WORD), stop)
    if found is None:
        return False
    word = found[0]
    if word.isdecimal():
        return not line[start : found.start()].strip()
    lower = word.lower()
    if lower in _BEFORE_NUMBERS:
        return next_character.isdecimal()
    is_initial = all(len(letter) == 1 and letter.lower() != letter.upper() for letter in word.split("."))
    return is_initial or lower in _ABBREVIATIONS
