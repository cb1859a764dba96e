"""The page in a real browser: opened from disk, without a network."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from wordvec.explorer.html import make_html
from wordvec.explorer.model import make_model, make_models
from wordvec.explorer.small_rows import small_lengths
from wordvec.plots.projection import function_words
from wordvec.vectors import WordVectors

NO_WEBGL = """
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.includes("webgl") ? null : getContext.call(this, kind, ...rest);
  };
"""


def page_neighbours(vectors, word, k=10):
    """What the page must find: cosines of its whole-number rows, in float64, ties by frequency."""
    model = make_model(vectors, "small")
    rows = model.rows / small_lengths(model.rows)[:, None]
    scores = rows @ rows[model.words.index(word)]
    order = [i for i in (-scores).argsort(kind="stable") if model.words[i] != word][:k]
    return [(model.words[i], scores[i]) for i in order]


def assert_neighbours(found, expected):
    assert [word for word, _ in found] == [word for word, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=6e-4)


def test_opens_from_disk_and_asks_for_nothing(reader, small_page):
    assert reader.requests == [small_page.as_uri()]
    assert reader.page.locator("#loading").count() == 0
    assert "177 words, 16 dimensions, PCA" in reader.text("#summary")
    assert re.search(r"\d+(\.\d)?% of the nearest 10 agree with the exact vectors", reader.text("#agreement"))


def test_every_word_is_drawn_once_by_webgl(reader, vectors):
    counts = reader.page.evaluate("explorer.maps[0].plot.data.map((trace) => [trace.type, trace.x.length])")
    assert {kind for kind, _ in counts} == {"scattergl"}
    assert sum(count for _, count in counts) == len(vectors)


def test_the_picture_has_points(reader):
    """The canvas of plotly holds coloured pixels where a word is."""
    colours = reader.page.evaluate(
        """() => new Promise((done) => {
          const map = explorer.maps[0], canvas = map.plot.querySelector("canvas.gl-canvas-context");
          Plotly.redraw(map.plot).then(() => {
            const copy = document.createElement("canvas"), { width, height } = canvas;
            Object.assign(copy, { width, height });
            const context = copy.getContext("2d");
            context.drawImage(canvas, 0, 0);
            const { data } = context.getImageData(0, 0, copy.width, copy.height);
            let drawn = 0;
            for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
            done(drawn);
          });
        })"""
    )
    assert colours > 1000


def test_nothing_can_be_asked_of_a_network(reader):
    """The content security policy: not even data: may be fetched, and a script that comes in does not run."""
    blocked = reader.page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
          const link = document.createElement("button");
          link.setAttribute("onclick", "window.hacked = 2");
          document.body.append(link);
          link.click();
          link.remove();
          script.remove();
          return [window.hacked ?? null, await fetch("data:,x").then(() => "fetched", () => "blocked")];
        }"""
    )
    assert blocked == [None, "blocked"]
    assert all("Content Security Policy" in complaint for complaint in reader.complaints)
    assert len(reader.complaints) >= 3
    reader.complaints.clear()


def test_search_by_keys_alone(reader, vectors):
    keyboard = reader.page.keyboard
    keyboard.press("/")
    keyboard.type("KI")
    reader.page.wait_for_selector("#search-input-list [role=option]")
    assert reader.texts("#search-input-list .word") == ["king", "king-size", "Kingdom"]
    assert reader.texts("#search-input-list .count")[0] == f"{vectors.counts[2]:,}"
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    active = reader.page.locator("#search-input").get_attribute("aria-activedescendant")
    assert reader.page.locator(f"#{active} .word").text_content() == "king-size"
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    reader.wait_for_word("king")
    assert reader.page.locator("#search-input").get_attribute("aria-expanded") == "false"
    assert_neighbours(reader.neighbours(), page_neighbours(vectors, "king"))
    assert reader.text("#announcement").startswith("king: nearest are ")


def test_search_says_when_there_is_no_such_word(reader):
    reader.page.keyboard.press("/")
    reader.page.keyboard.type("zzzz")
    reader.page.wait_for_selector("#search-input-list .nothing")
    reader.page.keyboard.press("Escape")
    assert not reader.page.locator("#search-input-list").is_visible()
    reader.page.keyboard.type("x")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector("#word-card .problem")
    assert "“zzzzx” is not among the 177 words of this page." in reader.text("#word-card .problem")


def test_a_misspelt_word_gets_suggestions_to_follow(reader):
    reader.page.fill("#search-input", "quen")
    reader.page.press("#search-input", "Enter")
    reader.page.click(".problem .chip >> text=queen")
    reader.wait_for_word("queen")


def test_a_click_on_a_point_brings_its_neighbours_and_lines(reader, vectors):
    reader.page.mouse.click(*reader.spot_of("queen"))
    reader.wait_for_word("queen")
    expected = page_neighbours(vectors, "queen")
    assert_neighbours(reader.neighbours(), expected)
    assert reader.text("#word-title") == "queen"
    assert "Seen 1,211 times, number 5 by frequency" in reader.text("#word-facts")
    lines = reader.page.evaluate(
        "explorer.maps[0].focus.lines.map(({ from, to }) => [from, to].map((id) => explorer.models[0].words[id]))"
    )
    assert lines == [["queen", word] for word, _ in expected]


def test_a_drag_moves_the_map_and_chooses_nothing(reader):
    x, y = reader.place_of("queen")
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x + 60, y + 30, steps=4)
    reader.page.mouse.up()
    reader.page.wait_for_function("location.hash.includes('view1=')")
    assert reader.place_of("queen") == pytest.approx([x + 60, y + 30], abs=1)
    assert reader.state()["word"] is None


def test_the_wheel_zooms_and_the_overlay_follows(reader):
    x, y = reader.place_of("queen")
    before = reader.page.evaluate("explorer.maps[0].view.scale")
    reader.page.mouse.move(x, y)
    reader.page.mouse.wheel(0, -300)
    reader.page.wait_for_function("(before) => explorer.maps[0].view.scale > 1.2 * before", arg=before)
    assert reader.place_of("queen") == pytest.approx([x, y], abs=2)  # the place under the pointer stays


def test_hovering_names_a_word(reader):
    reader.page.mouse.move(*reader.spot_of("woman"))
    reader.page.wait_for_selector("#tooltip:not([hidden])")
    assert reader.texts("#tooltip span") == ["woman", "1,218 times"]


def test_neighbours_by_keys(reader, vectors):
    reader.page.fill("#search-input", "man")
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("man")
    reader.page.locator(".neighbour").first.focus()
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("ArrowUp")
    reader.page.keyboard.press("Enter")
    reader.wait_for_word(page_neighbours(vectors, "man")[1][0])
    reader.page.go_back()  # the browser's Back undoes a step
    reader.wait_for_word("man")


def test_analogy_with_arrows_on_the_map(reader):
    for name, word in {"a": "man", "b": "king", "c": "woman"}.items():
        reader.page.fill(f"#analogy-{name}", word)
    reader.page.click("#analogy-ask")
    reader.page.wait_for_selector("#analogy-lists .neighbour")
    assert reader.texts("#analogy-lists .neighbour .word")[0] == "queen"
    arrows = reader.page.evaluate(
        """() => {
          const { focus, model } = explorer.maps[0];
          return focus.lines.map(({ from, to, arrow }) => [arrow, model.words[from], model.words[to]]);
        }"""
    )
    assert arrows == [[True, "man", "king"], [True, "woman", "queen"]]
    assert reader.text("#announcement") == "man is to king as woman is to queen"
    assert "a=man&b=king&c=woman" in reader.page.url


def test_an_analogy_of_unknown_or_missing_words_says_so(reader):
    reader.page.fill("#analogy-a", "man")
    reader.page.click("#analogy-ask")
    assert reader.page.evaluate("document.activeElement.id") == "analogy-b"
    reader.page.fill("#analogy-b", "kong")
    reader.page.fill("#analogy-c", "woman")
    reader.page.click("#analogy-ask")
    reader.page.wait_for_selector("#analogy-lists .problem")
    assert "“kong” is not among" in reader.text("#analogy-lists .problem")
    assert reader.texts("#analogy-lists .chip") == ["king"]


def test_the_slider_leaves_the_most_frequent_words(reader):
    reader.page.evaluate(
        """() => {
          const slider = document.getElementById("top");
          slider.value = 0;
          slider.dispatchEvent(new Event("input"));
        }"""
    )
    reader.page.wait_for_function("explorer.maps[0].plot.data.reduce((sum, { x }) => sum + x.length, 0) === 20")
    assert reader.text("#top-output") == "20 of 177"
    reader.page.wait_for_function("location.hash === '#top=20'")
    met = reader.page.evaluate(
        """() => {
          const [map] = explorer.maps, id = map.model.idOf.get("wordbaa");
          return map.wordAt(...map.place(id)) === id;
        }"""
    )
    assert not met  # what is not shown cannot be met


def test_colours_by_frequency_and_by_a_list(reader):
    assert len(reader.texts("#legend li")) == 8
    reader.page.select_option("#colour", "frequency")
    assert reader.texts("#legend li")[0].endswith("to 1,239 times")
    reader.page.select_option("#colour", "list")
    reader.page.fill("#list", "king, queen\n왕 nosuchword")
    assert reader.text("#list-note") == "3 of 4 words are here; not here: nosuchword"
    listed = reader.page.evaluate("[...explorer.maps[0].members[1]].map((id) => explorer.models[0].words[id])")
    assert listed == ["king", "queen", "왕"]
    reader.page.wait_for_function("location.hash.includes('list=nosuchword')")


def lasso_around(reader, words):
    """Draws a box around the places of some words."""
    places = [reader.place_of(word) for word in words]
    left, right = min(x for x, _ in places) - 5, max(x for x, _ in places) + 5
    top, bottom = min(y for _, y in places) - 5, max(y for _, y in places) + 5
    mouse = reader.page.mouse
    mouse.move(left, top)
    mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom), (left, top)):
        mouse.move(*corner, steps=2)
    mouse.up()
    return left, top, right, bottom


def test_the_lasso_lists_and_copies_words(reader, vectors):
    reader.page.keyboard.press("l")
    assert reader.page.locator("#tool-lasso").get_attribute("aria-pressed") == "true"
    left, top, right, bottom = lasso_around(reader, ["king", "queen"])
    reader.page.wait_for_function("explorer.state.selection")
    inside = [word for word in vectors.words if is_between(reader.place_of(word), left, top, right, bottom)]
    assert reader.state()["selection"]["words"] == inside
    assert reader.texts("#selection-words .chip") == inside
    reader.page.click("#copy-selection")
    reader.page.wait_for_selector("#toast:not([hidden])")
    assert reader.page.evaluate("navigator.clipboard.readText()").split("\n") == inside
    reader.page.click("#colour-selection")
    assert reader.state()["list"] == inside
    reader.page.keyboard.press("Escape")
    assert reader.page.locator("#tool-pan").get_attribute("aria-pressed") == "true"
    reader.page.keyboard.press("Escape")
    assert reader.state()["selection"] is None


def is_between(place, left, top, right, bottom):
    return left < place[0] < right and top < place[1] < bottom


def test_all_in_view_can_be_selected_without_a_pointer(reader, vectors):
    reader.page.locator("#select-view").press("Enter")
    reader.page.wait_for_function("explorer.state.selection")
    assert reader.state()["selection"]["words"] == vectors.words


def test_choosing_a_word_zooms_to_it_and_its_neighbours(reader):
    reader.page.fill("#search-input", "queen")
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("queen")
    inside, zoom, middle = reader.page.evaluate(
        """() => {
          const [map] = explorer.maps, ids = map.focus.ids, [x, y] = map.place(map.model.idOf.get("queen"));
          return [ids.filter((id) => map.isInside(map.place(id), 0)).length, map.relativeView()[2],
                  [x - map.aside() - map.width / 2, y - map.height / 2]];
        }"""
    )
    assert inside >= 8  # of the word and its ten neighbours
    assert zoom > 1
    assert middle == pytest.approx([0, 0], abs=1)


def test_a_click_leaves_the_view_as_it_is(reader):
    reader.page.mouse.click(*reader.spot_of("queen"))
    reader.wait_for_word("queen")
    assert reader.page.evaluate("explorer.maps[0].relativeView()") is None


def test_function_words_get_labels_last(reader, vectors):
    order = reader.page.evaluate("[...explorer.maps[0].labelOrder()]")
    passed = function_words(vectors).tolist()
    assert passed
    assert order == [i for i in range(len(vectors)) if i not in passed] + passed


def test_other_words_stay_visible_beside_a_chosen_one(reader):
    veil = """() => {
      const { canvas, context } = explorer.maps[0].overlay;
      return context.getImageData(canvas.width - 3, canvas.height / 2, 1, 1).data[3];
    }"""
    for theme, most in (("light", 190), ("dark", 135)):
        reader.page.evaluate("(theme) => { explorer.state.theme = theme; explorer.appearance.apply(); }", theme)
        reader.page.mouse.click(*reader.spot_of("queen"))
        reader.wait_for_word("queen")
        assert 50 < reader.page.evaluate(veil) <= most
        reader.page.keyboard.press("Escape")
    reader.complaints.clear()  # of a canvas that is read twice


def test_a_few_words_far_out_do_not_decide_the_frame(open_reader, plotly, tmp_path):
    from wordvec.explorer.html import plotly_script

    rows = np.random.default_rng(2).normal(size=(800, 5))
    model = make_model(WordVectors([f"w{i}" for i in range(800)], rows), "far")
    points = model.points * 0.1
    points[[5, 50]] = [[1.0, 0.9], [0.95, 1.0]]
    page = make_html([dataclasses.replace(model, points=points)], plotly=plotly_script())
    (tmp_path / "far.html").write_bytes(page)
    reader = open_reader((tmp_path / "far.html").as_uri(), offline=True)
    (left, right), (low, high) = reader.page.evaluate("explorer.maps[0].frame")
    assert -0.2 < left < right < 0.2
    assert -0.2 < low < high < 0.2


def test_dark_and_light(reader):
    def brightness():
        colour = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)))

    assert brightness() > 700
    reader.page.click("#theme")
    assert brightness() < 100
    assert "theme=dark" in reader.page.url
    reader.page.click("#theme")
    assert brightness() > 700


def test_the_system_chooses_dark_until_the_reader_does(reader):
    reader.page.emulate_media(color_scheme="dark")
    reader.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    reader.page.click("#theme")
    assert reader.page.evaluate("document.documentElement.dataset.theme") == "light"
    reader.page.emulate_media(color_scheme="light")


def test_a_link_restores_the_view(reader, open_reader):
    reader.page.fill("#search-input", "왕")
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("왕")
    reader.page.select_option("#colour", "frequency")
    reader.page.click("#theme")
    for button in ("#zoom-in", "#zoom-in", "#zoom-out"):
        reader.page.click(button)
    reader.page.wait_for_function("location.hash.includes('view1=')")
    reader.page.click("#copy-link")
    link = reader.page.evaluate("navigator.clipboard.readText()")
    again = open_reader(link, offline=True)
    keys = ("word", "colour", "theme", "top", "list")
    assert [again.state()[key] for key in keys] == [reader.state()[key] for key in keys]
    assert again.state()["word"] == "왕"
    assert again.neighbours() == reader.neighbours()
    assert again.place_of("queen") == pytest.approx(reader.place_of("queen"), abs=1)
    assert again.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_broken_link_opens_the_page_as_at_first(reader):
    reader.page.evaluate("location.hash = '#top=-3&colour=<b>&theme=x&view1=1,a,0&a=man'")
    reader.settle()
    state = reader.state()
    assert (state["top"], state["colour"], state["theme"], state["analogy"]) == (None, "cluster", None, None)


def test_keys_move_and_zoom_the_map(reader):
    reader.page.locator(".map").focus()
    before = reader.page.evaluate("explorer.maps[0].view")
    reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("+")
    reader.page.wait_for_function("(scale) => explorer.maps[0].view.scale > scale", arg=before["scale"])
    assert reader.page.evaluate("explorer.maps[0].view.x") > before["x"]
    reader.page.keyboard.press("0")
    reader.page.wait_for_function("!location.hash.includes('view1')")
    reader.page.keyboard.press("?")
    assert reader.page.locator("#help").is_visible()
    reader.page.keyboard.press("Escape")
    assert not reader.page.locator("#help").is_visible()


def test_everything_to_press_has_a_name_and_shows_its_focus(reader):
    nameless = reader.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea")]
             .filter((each) => !(each.ariaLabel || each.textContent.trim() || each.labels?.length))
             .map((each) => each.id)"""
    )
    assert nameless == []
    reader.page.keyboard.press("Tab")
    for _ in range(6):
        outline = reader.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", reader.page.evaluate("document.activeElement.id")
        reader.page.keyboard.press("Tab")


@pytest.mark.parametrize("size", [(420, 800), (1400, 900)])
def test_fits_the_window(reader, size):
    before = reader.page.viewport_size
    reader.page.set_viewport_size({"width": size[0], "height": size[1]})
    reader.page.wait_for_function("innerWidth === document.documentElement.clientWidth")
    reader.settle()
    reader.page.fill("#search-input", "x" * 300)
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("x" * 300)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    width, height = reader.page.evaluate("[explorer.maps[0].width, explorer.maps[0].height]")
    assert width >= 0.7 * size[0]
    assert height >= 0.4 * size[1]
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("0")
    assert reader.page.evaluate("explorer.maps[0].relativeView()") is None  # the whole map
    x, y = reader.place_of("queen")
    assert 0 < x < size[0]
    assert 0 < y < size[1]
    reader.page.set_viewport_size(before)


def test_a_damaged_page_says_so(browser, vectors, tmp_path):
    page = make_html(make_models([("m", vectors)]), plotly="")
    damaged = page.replace(b'"groups":"', b'"groups":"?')
    assert damaged != page
    (tmp_path / "map.html").write_bytes(damaged)
    tab = browser.new_page()
    tab.goto((tmp_path / "map.html").as_uri())
    tab.wait_for_function("document.body.textContent.includes('This page cannot be shown')")
    tab.close()


def test_without_webgl_the_map_is_drawn_as_svg(open_reader, small_page):
    reader = open_reader(small_page.as_uri(), offline=True, before=NO_WEBGL)
    assert reader.page.evaluate("explorer.maps[0].plot.data[0].type") == "scatter"
    reader.page.mouse.click(*reader.spot_of("queen"))
    reader.wait_for_word("queen")
    assert "Without WebGL" in reader.text("#toast")
