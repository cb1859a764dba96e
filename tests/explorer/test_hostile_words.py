"""Words that are HTML, script or names of JavaScript's own stay text everywhere."""

from __future__ import annotations


def elements_by_tag(page):
    """How many elements of each kind the page has; plotly's own drawing aside."""
    return page.evaluate(
        """() => {
          const counts = {};
          for (const { localName } of document.querySelectorAll("body *:not(.plot *)")) {
            counts[localName] = (counts[localName] ?? 0) + 1;
          }
          return counts;
        }"""
    )


def assert_nothing_ran(page):
    assert page.evaluate("window.hacked ?? null") is None
    assert not {"img", "b", "i", "iframe"} & set(elements_by_tag(page))
    assert elements_by_tag(page)["script"] == 3


def test_the_name_and_parameters_of_a_model_are_text(reader):
    assert reader.text("#title") == "<i>small</i>"
    assert reader.page.title() == "<i>small</i> – wordvec explorer"
    assert {"<i>skipgram</i>", "<b>"} <= set(reader.texts("#help-models dd"))
    assert_nothing_ran(reader.page)


def test_hostile_words_can_be_searched_and_selected(reader, hostile):
    for word in hostile[:2]:
        reader.page.fill("#search-input", word)
        reader.page.wait_for_selector("#search-input-list [role=option]")
        assert word in reader.texts("#search-input-list .word")
        reader.page.press("#search-input", "Enter")
        reader.wait_for_word(word)
        assert reader.text("#word-title") == word
    assert_nothing_ran(reader.page)


def test_every_hostile_word_has_its_neighbours_and_its_link(reader, hostile):
    seen = reader.page.evaluate(
        """async (words) => {
          const seen = [];
          for (const word of words) {
            await explorer.showWord(word, { reveal: true });
            await explorer.restore();
            const title = document.getElementById("word-title").textContent;
            seen.push([title, document.querySelectorAll("#neighbour-lists .neighbour").length]);
          }
          return seen;
        }""",
        hostile,
    )
    assert seen == [[word, 10] for word in hostile]
    assert_nothing_ran(reader.page)


def test_hostile_words_in_lists_chips_labels_and_tooltips(reader, hostile, vectors):
    reader.page.locator("#select-view").click()
    reader.page.wait_for_function("explorer.state.selection")
    assert reader.texts("#selection-words .chip") == vectors.words
    reader.page.click("#colour-selection")
    assert set(hostile) <= set(reader.state()["list"])
    reader.page.evaluate("explorer.clear()")
    for word in hostile[:3]:
        reader.page.mouse.move(*reader.spot_of(word))
        reader.page.wait_for_selector("#tooltip:not([hidden])")
        assert reader.text("#tooltip .word") in vectors.words
    assert_nothing_ran(reader.page)


def test_hostile_words_in_an_analogy_and_in_errors(reader, hostile):
    for name, word in zip("abc", hostile):
        reader.page.fill(f"#analogy-{name}", word)
    reader.page.click("#analogy-ask")
    reader.page.wait_for_selector("#analogy-lists .neighbour")
    unknown = "<img src=y onerror='window.hacked=3'>"
    reader.page.fill("#search-input", unknown)
    reader.page.press("#search-input", "Enter")
    reader.page.wait_for_selector("#word-card .problem")
    assert unknown in reader.text("#word-card .problem")
    reader.page.select_option("#colour", "list")
    reader.page.fill("#list", "<img/src=z/onerror=alert(1)> <b>")
    assert "<img/src=z/onerror=alert(1)>" in reader.text("#list-note")
    assert_nothing_ran(reader.page)


def test_a_hostile_link_is_text(reader):
    reader.page.evaluate("location.hash = '#word=' + encodeURIComponent('<img src=x onerror=\"window.hacked=4\">!')")
    reader.page.wait_for_selector("#word-card .problem")
    assert_nothing_ran(reader.page)
