"""Dates of documents, as the years in which they lie: 1850, March 1850, c. 1850, the 1840s, 1850-52."""

from __future__ import annotations

import re
from typing import NamedTuple

from wordvec.corpus.documents import Value

_NUMBER = re.compile(r"(-?\d{1,4})")
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
# 1850-03, 1850-03-02T10:00, and with a month or a day that is not known: 1850-00-00, 1850-XX
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](?:{_MONTH}|00|XX)(?:[-/.](?:{_DAY}|00|XX)(?:[T ].*)?)?")
_WITHOUT_SIGNS = re.compile(r"(\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")  # 18500302
_YEAR_LAST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](\d{4})")  # 2.3.1850
_IN_SIGNS = re.compile(r"(\d{1,4})\s*[년年](?:\s*\d{1,2}\s*[월月](?:\s*\d{1,2}\s*[일日])?)?")  # 1850년 3월 2일
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec januar februar märz mai juni juli oktober dezember"
_NAMED = "january february march april june july august september october november december mär okt dez sept"
_NAME = f"(?:{'|'.join(sorted(f'{_MONTHS} {_NAMED}'.split(), key=len, reverse=True))})"
# 2 March 1850, März 1850; of feeds Sat, 02 Mar 2024 10:00:00 GMT, of posts Sat Mar 02 10:00:00 +0000 2024
_WITH_NAME = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:{_DAY}\.?\s+)?{_NAME}\.?(?:\s+{_DAY})?,?\s+"
    r"(?:\d\d:\S+\s+(?:\S+\s+)?)?(\d{4})(?:\s+\d\d:\d\d.*)?",
    re.I,
)
_WHOLE = re.compile(r"(\d{1,4})[.,]0+")  # 1850.0, from programs that store a column with gaps as floats
_DATES = (_NUMBER, _YEAR_FIRST, _WITHOUT_SIGNS, _YEAR_LAST, _IN_SIGNS, _WITH_NAME, _WHOLE)
_COPYRIGHT = re.compile(r"©\s*(\d{4})")  # c1850 may be this or circa
_BRACKETS = re.compile(r"\[\s*(.+?)\s*\]")  # library catalogues: a year that is not printed in the book
_ABOUT = re.compile(r"(?:(?:c|ca|circa|about|approx|um)\b\.?|~)\s*(.+)", re.I)  # c. 1850
_DECADE = re.compile(r"(?:the\s+)?(\d{3}0)(?:['’]?s|er(?:\s+Jahre)?|\s*년대|\s*年代)", re.I)  # 1840s, 1840er, 1840년대
_RANGE = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})")  # 1850-52, 1850-1852; 1850-03 is a month


class Years(NamedTuple):
    """The first and the last year in which a date may lie; `about` if its writer was not sure of them."""

    first: int
    last: int
    about: bool = False


def years_in(value: Value) -> Years | None:
    """The years of a date, or None if the value is not a date.

    Dates are written as in 1850, [1850], 1850-03, 1850-03-02T10:00, 2.3.1850, 2 March 1850, März 1850 or 1850년 3월
    2일, or as feeds and posts have them; a year has up to four digits. Several years are 1840s and 1850-52; 1800s may
    be a decade or a century, and so are 100 years. Approximate are c. 1850, circa 1850 and 1850?.

    >>> [years_in(value)[:2] for value in (1850, "March 2, 1850", "1850,0", "1840s", "1850-52", "1800s")]
    [(1850, 1850), (1850, 1850), (1850, 1850), (1840, 1849), (1850, 1852), (1800, 1899)]
    >>> years_in("[c. 1850]"), years_in("soon")
    (Years(first=1850, last=1850, about=True), None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        is_year = abs(value) < 10_000 and value == int(value)  # nan fails the comparison
        return Years(int(value), int(value)) if is_year else None
    text = value.strip().rstrip(".,;").rstrip()
    if found := _BRACKETS.fullmatch(text) or _COPYRIGHT.fullmatch(text):
        text = found[1]
    about = _ABOUT.fullmatch(text)
    plain = about[1] if about else text
    is_about = about is not None or plain.endswith("?")
    years = _plain(plain.removesuffix("?").rstrip())
    return None if years is None else Years(*years, is_about)


def _plain(text: str) -> tuple[int, int] | None:
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            return int(found[1]), int(found[1])
    if found := _DECADE.fullmatch(text):
        first = int(found[1])
        return first, first + (99 if first % 100 == 0 else 9)
    if found := _RANGE.fullmatch(text):
        first, last = int(found[1]), int(found[1][: -len(found[2])] + found[2])
        return (first, last) if first < last else None
    return None
