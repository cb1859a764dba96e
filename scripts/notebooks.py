"""Make a notebook of every chapter of the course: scripts/notebooks.py FOLDER. Needs jupytext.

The programs become code cells, the text stays as it is. What a program prints is left in the text, to compare with.
"""

import argparse
import re
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1] / "docs" / "learn"


def notebook_of(page: str):
    """The notebook of a page's Markdown."""
    import jupytext

    plain = re.sub(r"^<!-- not run: .*? -->\n", "", page, flags=re.M)  # a note to the suite, not to the reader
    notebook = jupytext.reads(plain, fmt="md")
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def main() -> None:
    """Write FOLDER/<language>/<chapter>.ipynb, and beside them the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    import jupytext

    pages = sorted(COURSE.glob("*/[0-9]*.md"))
    for page in pages:
        target = folder / page.parent.name / f"{page.stem}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        jupytext.write(notebook_of(page.read_text(encoding="utf-8")), target)
    (folder / "figures").mkdir(exist_ok=True)
    for figure in (COURSE / "figures").glob("*.svg"):
        (folder / "figures" / figure.name).write_bytes(figure.read_bytes())
    print(f"{folder}: {len(pages)} notebooks")


if __name__ == "__main__":
    main()
