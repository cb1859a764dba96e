"""Bring the catalogues of help in other languages up to date with the parsers: scripts/catalogues.py

Texts that the help no longer shows leave wordvec/cli/catalogues/*.po, new ones come in with an empty msgstr, to be
translated; where no translation stands the help shows English. A text that was only reworded keeps the translation of
the old one, and is printed, to be looked at. The exit status is 1 where translations are lacking.
"""

import argparse
import json
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from wordvec.cli import VERBS, _parsers
from wordvec.cli.help_language import LANGUAGES, TranslatedHelp, parse_catalogue

ALIKE = 0.8  # how much of a text, by difflib, is in the one that took its place
FOLDER = Path(__file__).resolve().parents[1] / "wordvec" / "cli" / "catalogues"


def shown_texts() -> dict[str, str]:
    """Every text that the help of a verb, or of all, shows, and the command that shows it first."""
    texts: dict[str, str] = {}
    command, verbs = _parsers(list(VERBS))
    for parser in (command, *verbs.values()):
        collect(parser, texts)
    return texts


def collect(parser: argparse.ArgumentParser, texts: dict[str, str]) -> None:
    """Add what a parser, and those below it, would show."""
    parser.formatter_class = partial(TranslatedHelp, say=lambda text: texts.setdefault(text, parser.prog) and text)
    argparse.ArgumentParser.format_help(parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and parser.prog != "wordvec":
            for below in action.choices.values():
                collect(below, texts)


def updated(content: str, language: str, texts: dict[str, str]) -> str:
    """The catalogue with the texts of today and the translations that it had."""
    known = parse_catalogue(content)
    gone = [text for text in known if text not in texts]
    for text in texts.keys() - known.keys():
        for old in get_close_matches(text, gone, 1, ALIKE):
            known[text] = known[old]
            print(f"{language}: the translation of {old!r} stays for {text!r}: look whether it still says the same")
    lines = ['msgid ""', 'msgstr ""', rf'"Language: {language}\n"', r'"Content-Type: text/plain; charset=UTF-8\n"', ""]
    for text, where in texts.items():
        said = json.dumps(known.get(text, ""), ensure_ascii=False)
        lines += [f"#: {where}", f"msgid {json.dumps(text, ensure_ascii=False)}", f"msgstr {said}", ""]
    return "\n".join(lines)


def main() -> int:
    """Write the catalogues; say what lacks."""
    texts = shown_texts()
    lacking = 0
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        content = updated(path.read_text(encoding="utf-8") if path.exists() else "", language, texts)
        path.write_text(content, encoding="utf-8", newline="\n")
        empty = [text for text, said in parse_catalogue(content).items() if not said]
        print(f"{path}: {len(texts)} texts, {len(empty)} without translation")
        lacking += len(empty)
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
