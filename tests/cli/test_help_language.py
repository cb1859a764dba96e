"""Help in Korean and Japanese: every text has its translation, and the environment chooses the language."""

import argparse
import importlib.util
import io
import re
import sys
from pathlib import Path

import pytest

from wordvec.cli import VERBS, _parsers, help_language, main
from wordvec.cli.help_language import LANGUAGES, LONGEST_LINE, laid_out, parse_catalogue, read_catalogue, wrapped
from wordvec.terminal import display_width

ROOT = Path(__file__).resolve().parents[2]
USAGES = {"en": "usage: ", "ko": "사용법: ", "ja": "使い方: "}
UPDATE = "run scripts/catalogues.py, then write the translations that are empty in wordvec/cli/catalogues/"
# What a translation keeps: options, names of arguments, numbers, and what argparse fills in.
KEPT = re.compile(r"--[a-z][\w-]*|\b[A-Z_]{3,}\b|\d+(?:[.,]\d+)*|%\(?|`[^`]+`|\.[a-z]{2,}\b")


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("catalogues", ROOT / "scripts" / "catalogues.py")
    catalogues = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(catalogues)
    return catalogues


@pytest.fixture(scope="module")
def shown(script):
    return script.shown_texts()


def test_an_update_keeps_translations_drops_what_is_gone_and_leaves_the_new_empty(script):
    texts = {"how many words to keep, from 1": "a", "another text": "b"}
    old = script.updated("", "ko", {"how many words to keep, from 0": "a", "gone, and nothing like it": "b"})
    old = old.replace(
        'msgid "how many words to keep, from 0"\nmsgstr ""', 'msgid "how many words to keep, from 0"\nmsgstr "단어 수"'
    )
    new = script.updated(old, "ko", texts)
    assert parse_catalogue(new) == {"how many words to keep, from 1": "단어 수", "another text": ""}
    assert script.updated(new, "ko", texts) == new


@pytest.fixture
def speak(monkeypatch):
    """Set the environment that chooses the language."""

    def set_(**environment):
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return set_


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_help_is_translated(language, shown):
    catalogue = read_catalogue(language)
    assert [text for text in shown if not catalogue.get(text)] == [], UPDATE
    assert [text for text in catalogue if text not in shown] == [], UPDATE


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_options_names_and_numbers(language):
    for text, said in read_catalogue(language).items():
        plain = said.replace("500", "5")  # 5 million is 500 times 10,000
        lacking = [kept for kept in KEPT.findall(text) if kept not in said and kept not in plain]
        assert (text, lacking) == (text, [])
        assert text.count("%") == said.count("%"), text


def test_the_check_of_translations_finds_an_option_that_is_lost(monkeypatch):
    monkeypatch.setitem(globals(), "read_catalogue", lambda language: {"with --start: new": "새 단어"})
    with pytest.raises(AssertionError, match="--start"):
        test_translations_keep_options_names_and_numbers("ko")


@pytest.mark.parametrize(
    "environment, language",
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX", "LANGUAGE": "ko"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "tr_TR.UTF-8"}, "en"),
        ({"LANG": "xx"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "::@"}, "en"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "KO_KR"}, "ko"),
        ({"LANG": "ko-KR"}, "ko"),
        ({"LANG": "ko_KR.EUC-KR"}, "ko"),
        ({"LANG": "ja_JP.eucJP@modifier"}, "ja"),
        ({"LANG": "kok_IN"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "xx:ja:ko"}, "ja"),
        ({"LANG": "ko_KR.UTF-8", "LANGUAGE": "en:ja"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LANGUAGE": "fr"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "ja"}, "ja"),
    ],
)
def test_the_environment_chooses(environment, language, speak, capsys):
    speak(**environment)
    assert main(["similar", "--help"]) == 0
    assert capsys.readouterr().out.startswith(USAGES[language])


@pytest.mark.parametrize("environment, language", [({}, "ja"), ({"LANG": "ko_KR"}, "ko"), ({"LC_ALL": "C"}, "en")])
def test_on_windows_its_language_counts_where_no_variable_says_more(environment, language, speak, monkeypatch, capsys):
    speak(**environment)
    monkeypatch.setattr(help_language, "locale_of_windows", lambda: "ja_JP")
    assert main(["similar", "--help"]) == 0
    assert capsys.readouterr().out.startswith(USAGES[language])


@pytest.mark.parametrize(
    "encoding, language",
    [("utf-8", "ko"), ("euc-kr", "ko"), ("cp949", "ko"), ("ascii", "en"), ("latin-1", "en"), ("shift-jis", "en")],
)
def test_a_terminal_without_the_letters_gets_english(encoding, language, speak, monkeypatch):
    speak(LANG="ko_KR.EUC-KR")
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding=encoding))
    assert main(["--help"]) == 0
    said = output.getvalue().decode(encoding)
    assert said.startswith(USAGES[language])
    assert "\\u" not in said


def test_english_reads_no_catalogue(speak, monkeypatch, capsys):
    speak(LANG="en_GB.UTF-8")
    monkeypatch.setattr(help_language, "read_catalogue", lambda language: pytest.fail("a catalogue was read"))
    assert main(["train", "--help"]) == 0
    assert "train vectors from text" not in capsys.readouterr().out  # the one of the list of verbs
    speak(LANG="ko_KR.UTF-8")
    assert main(["similar", "--no-such-option"]) == 2  # errors are in English, and read none either
    assert "the following arguments are required" in capsys.readouterr().err


def test_errors_stay_english_below_a_description_in_the_users_language(speak, capsys):
    speak(LANG="ja_JP.UTF-8")
    assert main(["similar"]) == 2
    described, error = capsys.readouterr().err.strip().rsplit("\n\n", 1)
    assert described.startswith("各 WORD とのコサイン")
    assert error.startswith("wordvec similar: the following arguments are required: FILE")


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_fit_the_terminal(language, speak, monkeypatch):
    """Korean and Japanese letters take two columns; commands and single words may be longer."""
    columns = 60
    speak(LANG=language)
    monkeypatch.setenv("COLUMNS", str(columns))
    for parser in _parsers(list(VERBS))[1].values():
        for line in parser.format_help().splitlines():
            fits = display_width(line) <= columns
            assert fits or line.isascii() or "wordvec " in line or len(line.split()) < 3, line


def test_subcommands_and_groups_are_translated(speak, capsys):
    speak(LANG="ko")
    assert main(["corpus", "build", "--help"]) == 0
    said = capsys.readouterr().out
    assert "\n정규화 (토큰을 찾기 전에; 기본값: 하지 않음):\n" in said
    assert main(["corpus", "--help"]) == 0
    assert "    build     글을 학습기가 바로 여는 폴더로 인코딩\n" in capsys.readouterr().out


def test_a_text_without_translation_stays_english(speak, monkeypatch, capsys):
    speak(LANG="ko")
    monkeypatch.setattr(help_language, "read_catalogue", lambda language: {"options": "옵션", "JSON": ""})
    assert main(["similar", "--help"]) == 0
    said = capsys.readouterr().out
    assert "\n옵션:\n" in said
    assert "print one JSON object and nothing else on stdout" in " ".join(said.split())


def test_layout_keeps_commands_tables_and_paragraphs():
    text = "What it does,\nin two lines.\n\n  wordvec a b   first\n  wordvec c\n\n"
    text += "Steps:\n  unit    of length 1,\n          or so\n"
    said = laid_out(text, str.upper, 80)
    assert said == (
        "WHAT IT DOES, IN TWO LINES.\n\n  wordvec a b   FIRST\n  wordvec c\n\nSTEPS:\n  unit    OF LENGTH 1, OR SO"
    )


@pytest.mark.parametrize("width", [10, 11, 20, 37])
@pytest.mark.parametrize("text", ["コーパスを、（一度に）読む「回数」。a.txt へ", "말뭉치를 한 번에 읽는 횟수"])
def test_wrapping_loses_nothing_and_starts_no_line_with_a_stop(text, width):
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(("、", "。", "」", "）")) or line.endswith(("「", "（")) for line in lines)
    assert all(display_width(line) <= width or " " not in line for line in lines)


def test_what_is_no_text_of_a_catalogue():
    assert parse_catalogue("") == {}
    assert parse_catalogue('# a\nmsgid ""\nmsgstr "Language: ko\\n"\n\n#: b\nmsgid "a\\"b"\nmsgstr ""\n') == {'a"b': ""}


def test_catalogues_are_in_wheel_and_source_distribution():
    pytest.importorskip("hatchling", reason="builds the package, which needs hatchling")
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    for builder in (WheelBuilder, SdistBuilder):
        files = {file.distribution_path for file in builder(str(ROOT)).recurse_included_files()}
        assert {f"wordvec/cli/catalogues/{language}.po" for language in LANGUAGES} <= files


def test_the_width_of_prose_has_a_limit(speak, monkeypatch, capsys):
    speak(LANG="ko")
    monkeypatch.setenv("COLUMNS", "400")
    assert main(["train", "--help"]) == 0
    prose = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("TEXT는"))
    assert display_width(prose) <= LONGEST_LINE


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_is_described_and_its_value_is_not_named_like_the_option(verb):
    parser = _parsers([verb])[1][verb]
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    parsers = [parser, *(each for action in below for each in action.choices.values())]
    actions = [action for each in parsers for action in each._actions if action not in below]
    assert [action.dest for action in actions if not action.help] == []
    unnamed = {action.dest for action in actions if action.option_strings and action.nargs != 0 and not _named(action)}
    assert unnamed <= {"k", "out", "encoding", "host"}  # -k K, -o OUT


def _named(action):
    return action.metavar or action.choices
