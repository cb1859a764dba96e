"""The guide to dated texts works as it is written: its blocks run one after another, in one folder."""

import pytest
from guide_pages import run_page, shown_table


@pytest.mark.slow("every step of the guide, from texts to figures, neighbours and the card")
def test_the_whole_path(tmp_path, monkeypatch, capsys, trained_here):
    monkeypatch.chdir(tmp_path)
    names, printed = run_page("dated_texts.md", capsys)
    starred = [line.split()[6:8] for line in printed.splitlines() if line.startswith("* ")]
    assert starred == [["1840s", "station"], ["1840s", "officer"]]
    found = [word for _, word in starred]
    assert [word.word for word in names["changes"].found] == found
    assert shown_table("dated_texts.md") in printed  # what the page shows is what is printed
    assert (tmp_path / "figures" / "01-station.svg").is_file()
    assert (tmp_path / "station.csv").read_text(encoding="utf-8").count("letter") >= 40
    assert sorted(path.name for path in (tmp_path / "periods").iterdir()) == [
        "1800-1819",
        "1820-1839",
        "1840-1859",
        "1860-1879",
    ]
    card = (tmp_path / "CARD.md").read_text(encoding="utf-8")
    assert "grouped by decade" in card
    assert "decades/1840s.safetensors" in card
    assert "$ wordvec corpus build texts/ --metadata letters.csv" in card
