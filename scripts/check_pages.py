"""Checks built pages: scripts, styles, images and fonts all lie beside them. A reader's browser asks no other host.

python scripts/check_pages.py docs/_build/html
"""

import re
import sys
from pathlib import Path

# What a browser loads by itself, as against a link that a reader follows.
LOADS = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc\s*=\s*["']?\s*(?:https?:)?//[^\s"'>]+"""
    r"""|<link\b(?=[^>]*\brel\s*=\s*["']?(?:stylesheet|preload|icon|preconnect|dns-prefetch))[^>]*\bhref\s*=\s*["']?(?:https?:)?//[^\s"'>]+"""
    r"""|(?:url\(|@import)\s*["']?\s*(?:https?:)?//[^\s"')]+""",
    re.IGNORECASE,
)


def foreign_sources(text: str) -> list[str]:
    """What a page or style sheet loads from another host."""
    return [found[0] for found in LOADS.finditer(text)]


def main(folder: str) -> int:
    """The exit status: 0 where every page loads only its own files."""
    pages = [path for path in sorted(Path(folder).rglob("*")) if path.suffix in (".html", ".css")]
    if not pages:
        print(f"{folder}: no pages; build them first: scripts/docs.sh", file=sys.stderr)
        return 2
    found = [(page, source) for page in pages for source in foreign_sources(page.read_text(encoding="utf-8"))]
    for page, source in found:
        print(f"{page}: {source}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "docs/_build/html"))
