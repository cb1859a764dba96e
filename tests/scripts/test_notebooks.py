"""The course's notebooks, whose cells tests/learn runs, hold the pages' programs and nothing for the suite only."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "learn").glob("*/[0-9]*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_notebook_has_the_programs_of_its_page(page):
    pytest.importorskip("jupytext")
    specification = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    notebooks = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(notebooks)
    text = page.read_text(encoding="utf-8")
    notebook = notebooks.notebook_of(text)
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code == [program.strip() for program in programs]
    assert "not run" not in "".join(cell.source for cell in notebook.cells)
    assert notebook.cells[0].source.startswith("# ")
