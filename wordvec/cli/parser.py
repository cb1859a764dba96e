"""The command-line parser: one-line errors that say what to do, and help for a verb without arguments."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from wordvec.error_codes import USAGE
from wordvec.errors import OptionError, describe
from wordvec.version import __version__

OTHER_VERBS = {  # names in other programs, above all fastText
    "skipgram": "train --trainer skipgram",
    "cbow": "train --trainer cbow",
    "glove": "train --trainer glove",
    "fit": "train",
    "word2vec": "train",
    "nn": "similar",
    "distance": "similar",
    "neighbors": "similar",
    "neighbours": "similar",
    "most-similar": "similar",
    "analogies": "analogy",
    "word-analogy": "analogy",
    "accuracy": "evaluate",
    "test": "evaluate",
    "quantize": "convert --dtype int8",
    "load": "convert",
    "save": "convert",
    "info": "corpus info",
    "fetch": "corpus fetch",
    "download": "corpus fetch",
    "build": "corpus build",
    "server": "serve",
    "help": "--help",
}


class Parser(argparse.ArgumentParser):
    """argparse's parser with one-line errors in place of its usage, which is up to forty lines long."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.got_nothing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; records whether there was anything to parse, and refuses options with an empty value.

        Such a value is a shell variable that was never set; many options would take it as if they had not been given.
        """
        return self._checked(super().parse_known_args, args, namespace)

    def parse_known_intermixed_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The same where options may stand between words; since Python 3.12 argparse's own calls no other method."""
        return self._checked(super().parse_known_intermixed_args, args, namespace)

    def _checked(self, parse: Callable[..., Any], args: Any, namespace: Any) -> Any:
        self.got_nothing = args is not None and len(args) == 0
        namespace, unknown = parse(args, namespace)
        if isinstance(seed := getattr(namespace, "seed", None), int):
            from wordvec.argument_types import check_seed  # here, since it imports numpy

            try:
                check_seed(seed, "--seed")
            except OptionError as error:
                self.error(str(error))
        for action in self._actions:
            value = getattr(namespace, action.dest, None)
            if action.option_strings and (value == "" or (isinstance(value, list) and "" in value)):
                self.error(f"{'/'.join(action.option_strings)} has an empty value: give it one, or leave it out")
            if action.option_strings and action.type is int and isinstance(value, int) and value < 0:
                self.error(f"{'/'.join(action.option_strings)} must not be negative; got {describe(value)}")
        return namespace, unknown

    def format_help(self) -> str:
        """Format the help in the user's language; its catalogue is read only now, and not for English."""
        self._speak(sys.stdout)
        return super().format_help()

    def _speak(self, stream: Any) -> None:
        from wordvec.cli.help_language import formatter_for

        formatter = formatter_for(os.environ, getattr(stream, "encoding", None))
        if formatter is not None:
            self.formatter_class = formatter

    def error(self, message: str) -> NoReturn:
        """Print the error in one line; for a verb without arguments, print its description first."""
        if self.got_nothing and self.description:
            self._speak(sys.stderr)
            formatter = self._get_formatter()
            formatter.add_text(self.description)
            sys.stderr.write(formatter.format_help() + "\n")
        line = " ".join(message.split())
        self.exit(2, f"{self.prog}: {line}; {self.prog} --help describes its options [{USAGE}]\n")


class Version(argparse.Action):
    """``--version``; with ``--verbose`` also which build of the C library is used, or why none is."""

    def __init__(self, option_strings: Sequence[str], dest: str, verbose: bool) -> None:
        what = "the version; with --verbose also which build of the C library is used, and where it is"
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=what)
        self.verbose = verbose

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and leave."""
        print(f"wordvec {__version__}")
        if self.verbose:
            from wordvec.native import library
            from wordvec.terminal import printable

            print(*map(printable, library.report()), sep="\n")
        parser.exit()


def unknown_verb(given: str, verbs: Iterable[str]) -> str:
    """The message for an unknown verb.

    >>> unknown_verb("trian", ["train", "similar"])
    "no verb 'trian': did you mean wordvec train? wordvec --help lists all verbs"
    """
    plain = given.lower().replace("_", "-")
    near = OTHER_VERBS.get(plain) or next(iter(get_close_matches(plain, [*verbs, *OTHER_VERBS], 1)), "")
    near = OTHER_VERBS.get(near, near)
    hint = f": did you mean wordvec {near}?" if near else "; wordvec VERB ... expected."
    return f"no verb {given!r}{hint} wordvec --help lists all verbs"


def unknown_options(parser: argparse.ArgumentParser, given: Sequence[str]) -> str:
    """The message for unknown arguments, with the nearest options that the verb has."""
    from wordvec.trainers import TRAINERS
    from wordvec.trainers.option_help import OPTION_NAMES, options_of

    flags = [flag for action in parser._actions for flag in action.option_strings]
    of_trainers = {option.name for trainer in TRAINERS.values() for option in options_of(trainer)}
    hints = []
    for option in given:
        name = option.split("=")[0]
        if not name.startswith("-"):
            continue
        plain = name.lstrip("-").replace("-", "_")
        other = "--" + OPTION_NAMES.get(plain, "").replace("_", "-")
        near = get_close_matches("--" + name.lstrip("-").replace("_", "-"), flags, 1)
        near += [flag for flag in flags if len(flag) > 2 and name.startswith(flag + "-") and flag not in near]
        if other in flags:
            hints += [f"{name} is named {other} here"]
        elif "--option" in flags and (ours := OPTION_NAMES.get(plain, plain)) in of_trainers:
            hints += [f"options of trainers are written --option {ours}=VALUE here"]
        elif name in flags:
            hints += [f"{name} belongs before the --"]
        elif near or name[:2] == "--":
            hints += [f"there is no {name}" + (f": did you mean {' or '.join(near)}?" if near else "")]
        else:
            hints += [f"there is no {name}; what begins with - and is no option stands at the end, after --"]
    return f"unrecognized arguments: {' '.join(given)}" + "".join(f"; {hint}" for hint in hints)
