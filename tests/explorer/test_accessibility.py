"""What axe-core finds in the page: all its rules, of WCAG 2.2 and good practice (https://github.com/dequelabs)."""

from __future__ import annotations

import pytest

from wordvec.explorer import write_page


@pytest.fixture(scope="module")
def axe():
    module = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed (extra test)"
    )
    return module.Axe()


def faults(axe, reader):
    violations = axe.run(reader.page).response["violations"]
    return [(each["id"], node["html"][:90], node["failureSummary"]) for each in violations for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(axe, reader, theme):
    reader.page.emulate_media(reduced_motion="reduce")  # colours change at once
    reader.page.evaluate("(theme) => { explorer.state.theme = theme; explorer.appearance.apply(); }", theme)
    assert faults(axe, reader) == []
    reader.page.fill("#search-input", "queen")
    reader.page.wait_for_selector("#search-input-list [role=option]")
    assert faults(axe, reader) == []
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("queen")
    reader.page.select_option("#colour", "list")
    assert faults(axe, reader) == []
    reader.page.keyboard.press("Escape")
    reader.page.click("#show-help")
    assert faults(axe, reader) == []


def test_axe_finds_nothing_in_a_page_over_time_on_a_narrow_screen(axe, open_reader, vectors, tmp_path, plotly):
    write_page(tmp_path / "time.html", [("1850s", vectors), ("1900s", vectors)], periods=True)
    reader = open_reader((tmp_path / "time.html").as_uri(), offline=True, viewport={"width": 420, "height": 800})
    reader.page.evaluate("explorer.follow('queen')")
    reader.wait_for_word("queen")
    assert faults(axe, reader) == []


def test_axe_is_asked_for_real(axe, reader):
    reader.page.evaluate("document.getElementById('theme').removeAttribute('aria-label')")
    reader.page.evaluate("document.getElementById('theme').removeAttribute('title')")
    assert [rule for rule, _, _ in faults(axe, reader)] == ["button-name"]
    reader.page.evaluate("document.getElementById('theme').setAttribute('aria-label', 'Dark colours')")
