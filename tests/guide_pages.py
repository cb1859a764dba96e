"""Runs a page of the guides as a reader would: its blocks one after another, in one folder."""

import re
import shlex
from pathlib import Path

from wordvec.cli import main

GUIDES = Path(__file__).resolve().parents[1] / "docs" / "guides"


def run_page(name, capsys, before=None):
    """Run the blocks of docs/guides/NAME, up to one with `before`; return the names they made and what was printed."""
    text = (GUIDES / name).read_text(encoding="utf-8")
    names, printed = {"__name__": "page"}, []
    for language, code in re.findall(r"^```(python|console)\n(.*?)^```$", text, re.M | re.S):
        if before is not None and before in code:
            break
        if language == "python":
            exec(compile(code, name, "exec"), names)
        for line in code.splitlines() if language == "console" else []:
            assert line.startswith("$ wordvec "), line
            assert main(shlex.split(line)[2:]) == 0, line
        printed.append(capsys.readouterr().out)
    return names, "".join(printed)


def shown_table(name):
    """The table that the page shows."""
    return re.search(r"```text\n(.*?)```", (GUIDES / name).read_text(encoding="utf-8"), re.S)[1]
