"""Two models side by side, in the browser: select in one, see it in the other."""

from __future__ import annotations

import pytest

from wordvec.explorer import write_page


@pytest.fixture(scope="module")
def two_page(tmp_path_factory, vectors, other_vectors, plotly):
    path = tmp_path_factory.mktemp("page") / "two.html"
    lists = {"people": ["man", "woman", "only-here"], "<b>places": ["서울"]}
    write_page(path, [("first", vectors), ("second", other_vectors)], words=["king", "only-here"], lists=lists)
    return path


def test_a_word_chosen_in_one_map_is_shown_in_both(open_reader, two_page, vectors, other_vectors):
    reader = open_reader(two_page.as_uri(), offline=True)
    check_lists(reader)
    reader.page.mouse.click(*reader.spot_of("queen", number=1))
    reader.wait_for_word("queen")
    for column, model in enumerate((vectors, other_vectors)):
        found = [word for word, _ in reader.neighbours(column)]
        assert len(set(found) & {word for word, _ in model.most_similar("queen")}) >= 9
        centre = reader.page.evaluate(
            "(i) => explorer.maps[i].focus.rings.map((id) => explorer.models[i].words[id])", column
        )
        assert centre == ["queen"]
    shared = set(reader.texts(".neighbour.shared .word"))
    assert shared == {word for word, _ in reader.neighbours(0)} & {word for word, _ in reader.neighbours(1)}
    check_a_word_of_one_model(reader)
    check_colours_of_clusters(reader)


def check_lists(reader):
    """The lists the page was made with have a colour each; the reader's own list is one more way to colour."""
    assert reader.state()["colour"] == "lists"
    assert reader.texts("#legend li") == ["other words", "people", "<b>places"]
    members = "explorer.maps.map((map) => map.members.slice(1).map((ids) => [...ids].map((id) => map.model.words[id])))"
    assert reader.page.evaluate(members) == [[["man", "woman"], ["서울"]], [["man", "woman", "only-here"], ["서울"]]]
    reader.page.evaluate("document.getElementById('fold-view').click()")
    reader.page.select_option("#colour", "list")
    assert reader.text("#list-note") == "2 of 2 words are here"
    reader.page.fill("#list", "")
    reader.page.wait_for_function("location.hash === '#colour=list&list='")


def check_a_word_of_one_model(reader):
    reader.page.fill("#search-input", "only-he")
    reader.page.wait_for_selector("#search-input-list [role=option]")
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    reader.wait_for_word("only-here")
    assert "not among the 177 words" in reader.text("#neighbour-lists .problem")
    assert reader.page.evaluate("explorer.maps.map((map) => map.focus && map.focus.ids.length)") == [None, 11]


def check_colours_of_clusters(reader):
    """Both maps colour a word alike: by its cluster in the first model."""
    reader.page.evaluate("explorer.clear()")
    reader.page.select_option("#colour", "cluster")
    alike = reader.page.evaluate(
        """() => {
          const [one, two] = explorer.maps;
          return two.model.words.filter((word) => one.model.idOf.has(word))
            .every((word) => one.colourOf(one.model.idOf.get(word)) === two.colourOf(two.model.idOf.get(word)));
        }"""
    )
    assert alike
    assert reader.texts("#legend li")[-1] == "not in first"
