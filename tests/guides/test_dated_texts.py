"""The guide to dated texts works as it is written: its blocks run one after another, in one folder."""

import re
import shlex
from pathlib import Path

from wordvec.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "dated_texts.md"


def test_the_whole_path(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names, printed = {"__name__": "page"}, []
    for language, code in re.findall(
        r"^```(python|console)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S
    ):
        if language == "python":
            exec(compile(code, str(PAGE), "exec"), names)
        for line in code.splitlines() if language == "console" else []:
            assert line.startswith("$ wordvec "), line
            assert main(shlex.split(line)[2:]) == 0, line
        printed.append(capsys.readouterr().out)
    found = [line.split()[6] for line in "".join(printed).splitlines() if line.startswith("* ")]
    assert found == ["station", "officer"]
    assert [word.word for word in names["changes"].found] == found
    table = re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1]
    assert table in "".join(printed)  # what the page shows is what is printed
    assert (tmp_path / "figures" / "01-station.svg").is_file()
    assert (tmp_path / "station.csv").read_text(encoding="utf-8").count("letter") >= 40
    assert sorted(path.name for path in (tmp_path / "periods").iterdir()) == [
        "1800-1819",
        "1820-1839",
        "1840-1859",
        "1860-1879",
    ]
    card = (tmp_path / "CARD.md").read_text(encoding="utf-8")
    assert "periods of 40 years" in card
    assert "$ wordvec corpus build texts/ --metadata letters.csv" in card
