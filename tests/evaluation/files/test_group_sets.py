from __future__ import annotations

import pytest

from wordvec.errors import EvaluationFileError, OptionError
from wordvec.evaluation.files.group_sets import read_bias_tests, read_categories, read_outliers
from wordvec.evaluation.hit_rate import read_held_out
from wordvec.evaluation.relations import read_relations
from wordvec.evaluation.tasks import read_tasks, recognise


def write(path, content: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


ANIMALS = (("cat", "animal"), ("dog", "animal"), ("car", "vehicle"))


@pytest.mark.parametrize(
    "content",
    [
        "cat animal\ndog animal\ncar vehicle\n",
        "animal\tcat\nanimal\tdog\nvehicle\tcar\n",
        "cat,animal\ndog,animal\ncar,vehicle\n",
        "word;category;rank\ncat;animal;1\ndog;animal;2\ncar;vehicle;1\n",
        ",category,word\n0,animal,cat\n1,animal,dog\n2,vehicle,car\n",
        "cat-n\tanimal\ndog-n\tanimal\ncar-n\tvehicle\n",
        "cat-n\tanimal\tattri\tgrey-j\ncat-n\tanimal\thyper\tbeast-n\ndog-n\tanimal\tcoord\tcat-n\ncar-n\tvehicle\tmero\tdoor-n\n",
    ],
)
def test_categories_in_their_published_forms(tmp_path, content):
    assert read_categories(write(tmp_path / "ap.txt", content)).words == ANIMALS


def test_categories_by_file(tmp_path):
    write(tmp_path / "ap" / "animal.txt", "cat\ndog\n")
    write(tmp_path / "ap" / "vehicle.txt", "car\n")
    found = read_categories(tmp_path / "ap")
    assert found.words == ANIMALS and found.name == "ap"


def test_odd_categories_are_said(tmp_path):
    content = "category,word\nanimal,cat\nfood,cat\nfood,\n"
    found = read_categories(write(tmp_path / "c.csv", content))
    assert found.notes == (
        "1 lines without a word skipped",
        "1 words are in several categories, such as cat; each line counts",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no words in it"),
        ("cat animal\ndog\n", "line 2: expected a word and its category"),
        ("cat\t\ndog\tx\n", "line 1: expected a word and its category"),
        ("cat animal\ncar vehicle\n", "line 1: both columns have the same number of distinct entries: name them"),
        ("cat animal big\n", "line 1: expected a word and its category; got 3 fields"),
        ("cat animal\ndog animal\n", "only one category"),
    ],
)
def test_bad_categories_are_named(tmp_path, content, message):
    with pytest.raises(EvaluationFileError, match=message):
        read_categories(write(tmp_path / "c.txt", content))


TOPIC = ("pets", ("cat", "dog", "guinea_pig"), ("car", "bus"))


def test_outliers_in_their_published_forms(tmp_path):
    write(tmp_path / "8-8-8" / "pets.txt", "cat\ndog\nguinea pig\n\ncar\nbus\n")
    assert read_outliers(tmp_path / "8-8-8").topics == (TOPIC,)
    assert read_outliers(tmp_path / "8-8-8" / "pets.txt").topics == (TOPIC,)
    table = write(
        tmp_path / "8.csv", ",category,outliers,words\n0,pets,\"['car', 'bus', '']\",\"['cat', 'dog', 'guinea_pig']\"\n"
    )
    assert read_outliers(table).topics == (TOPIC,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("cat\ndog\ncar\n", "expected words, one blank line, outliers, a word per line; got 0 blank lines"),
        ("cat\n\ndog\n\ncar\n", "got 2 blank lines"),
        ("cat\n\ncar\n", "topic pets: too few words or outliers"),
        ("cat\ndog\n\ndog\n", "'dog' is a word and an outlier"),
        ("", "got nothing"),
        (",category,outliers,words\n0,pets,['car']\n", "line 2: expected 4 fields"),
        (",category,outliers,words\n0,pets,['car'],['cat']\n", "line 2: topic pets: too few"),
    ],
)
def test_bad_outliers_are_named(tmp_path, content, message):
    with pytest.raises(EvaluationFileError, match=message):
        read_outliers(write(tmp_path / "pets.txt", content))


BIAS = ": flowers\nFlowers: rose, tulip\nInsects: ant, bee\nPleasant: love peace\nUnpleasant: war, hate, hate\n"


def test_bias_tests(tmp_path):
    one, two = read_bias_tests(write(tmp_path / "weat.txt", f"# Caliskan\n{BIAS}\n{BIAS.replace('flowers', 'again')}"))
    assert (one.name, two.name) == ("flowers", "again")
    assert (one.x, one.y, one.a, one.b) == (("rose", "tulip"), ("ant", "bee"), ("love", "peace"), ("war", "hate"))
    assert one.labels == ("Flowers", "Insects", "Pleasant", "Unpleasant")
    keyboard = BIAS.replace(",", "،").replace("Insects:", "Insects：")
    assert read_bias_tests(write(tmp_path / "weat.txt", keyboard))[0] == one
    assert read_bias_tests(write(tmp_path / "weat.txt", BIAS.split("\n", 1)[1]))[0].name == "weat"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a test has four: X, Y, A and B"),
        (BIAS + "Flowers: rose, tulip\n", "1 lines of words after 1 whole tests"),
        (BIAS.replace("Insects: ant, bee\n", ": next\n"), "line 3: the test before has 1 lines of words"),
        (BIAS.replace("Insects:", "Insects"), "line 3: expected 'label: word, word, ...'"),
        (BIAS.replace("ant, bee", "ant"), "line 3: expected 'label: word"),
        (BIAS.replace("ant, bee", "ant, rose"), "line 5: test flowers: 'rose' is on both sides"),
    ],
)
def test_bad_bias_tests_are_named(tmp_path, content, message):
    with pytest.raises(EvaluationFileError, match=message):
        read_bias_tests(write(tmp_path / "weat.txt", content))


def test_held_out_pairs(tmp_path):
    for content in ("tea\tmilk\nnail\thammer\n", "# sold together\ntea milk\nnail hammer\n", "tea,milk\nnail,hammer\n"):
        assert read_held_out(write(tmp_path / "p.txt", content)).pairs == (("tea", "milk"), ("nail", "hammer"))
    with pytest.raises(EvaluationFileError, match="line 2: expected an item and the one held out; got 1 fields"):
        read_held_out(write(tmp_path / "p.txt", "tea milk\nnail\n"))
    with pytest.raises(EvaluationFileError, match="no pairs"):
        read_held_out(write(tmp_path / "p.txt", ""))


def semeval(folder):
    write(
        folder / "Phase1" / "Phase1Questions-1a.txt",
        "Consider these pairs.\nWhat relation is it? Y is: X\n\nflower:tulip\nemotion:rage\npoem:sonnet\nWrite: four\n",
    )
    write(folder / "Gold" / "GoldRatings-1a.txt", '# note\n52.0 "tree:oak"\n-10 "oak:tree"\n')
    return folder


def test_semeval_2012(tmp_path):
    (relation,) = read_relations(semeval(tmp_path / "s")).relations
    assert relation.name == "1a"
    assert relation.prototypes == (("flower", "tulip"), ("emotion", "rage"), ("poem", "sonnet"))
    assert relation.rated == ((("tree", "oak"), 52.0), (("oak", "tree"), -10.0))


def test_bad_semeval_folders_are_named(tmp_path):
    with pytest.raises(EvaluationFileError, match="no GoldRatings"):
        read_relations(tmp_path)
    folder = semeval(tmp_path / "s")
    write(folder / "Gold" / "GoldRatings-1b.txt", '52.0 "tree:oak"\n')
    with pytest.raises(EvaluationFileError, match=r"its prototypes are missing: no Phase1Questions-1b\.txt"):
        read_relations(folder)
    write(folder / "Gold" / "GoldRatings-1b.txt", "52.0 tree oak\n")
    write(folder / "Phase1Questions-1b.txt", "no pair\n")
    with pytest.raises(EvaluationFileError, match="no line of a pair a:b"):
        read_relations(folder)
    write(folder / "Phase1Questions-1b.txt", "a:b\n")
    with pytest.raises(EvaluationFileError, match="line 1: expected a number and a pair"):
        read_relations(folder)
    with pytest.raises(EvaluationFileError, match="not a folder"):
        read_relations(folder / "Phase1Questions-1b.txt")


# Which task a set is for


def test_the_content_tells_the_task(tmp_path):
    files = {
        "similarity": "tiger\tcat\t7.35\nstock\tegg\t1.8\n",
        "analogy": ": s\na b c d\n",
        "categorisation": "cat animal\ndog animal\ncar vehicle\n",
        "outliers": "cat\ndog\ncow\n\ncar\nbus\n",
        "bias": BIAS,
    }
    for task, content in files.items():
        assert recognise(write(tmp_path / f"{task}.txt", content))[0] == task
    assert recognise(semeval(tmp_path / "s"))[0] == "relations"
    write(tmp_path / "bats" / "I01.txt", "cat\tcats\ndog\tdogs\n")
    assert recognise(tmp_path / "bats")[0] == "analogy"


def test_what_is_in_no_format_or_in_two_is_refused(tmp_path):
    with pytest.raises(EvaluationFileError, match=r"in no known format of an evaluation set \(as similarity: "):
        recognise(write(tmp_path / "x.txt", "a b c d e f\n"))
    with pytest.raises(EvaluationFileError, match="name the sets in a folder one by one"):
        recognise(tmp_path)
    with pytest.raises(EvaluationFileError, match="could be for analogy or categorisation; say which"):
        recognise(write(tmp_path / "y.txt", "cat\tanimal\ndog\tanimal\ncar\tvehicle\n"))
    with pytest.raises(EvaluationFileError, match=r"^nowhere: neither a file"):
        recognise("nowhere")


def test_tasks_are_read_before_anything_is_evaluated(tmp_path):
    both = write(tmp_path / "weat.txt", BIAS + BIAS)
    read = read_tasks([("bias", both), ("any", "tiny-world-similarity"), ("similarity", [("a", "b", 1.0)])])
    assert [each.task for each in read] == ["bias", "bias", "similarity", "similarity"]
    with pytest.raises(OptionError, match=r"no task 'similarty' .*tasks are similarity, analogy, categorisation"):
        read_tasks([("similarty", "x.txt")])


def test_pairs_of_words_are_no_categories_and_a_dictionary_is_not_guessed_to_be_bats(tmp_path):
    pairs = [f"word{i}\ttranslation{i % 90}" for i in range(110)]
    path = write(tmp_path / "en-de.tsv", "\n".join(pairs))
    with pytest.raises(EvaluationFileError, match="90 categories for 110 words: pairs of words rather"):
        read_categories(path)
    with pytest.raises(EvaluationFileError, match="lines of two columns: a file of BATS has 100 of them at most"):
        recognise(path)
    named = write(tmp_path / "named.tsv", "word\tcategory\n" + "\n".join(pairs))
    assert len(read_categories(named).words) == 110


def test_outliers_in_a_table_with_a_line_for_each_word(tmp_path):
    table = ",category,word,is_outlier\n0,cats,lion,false\n1,cats,tiger,False\n2,cats,run,true\n"
    path = write(tmp_path / "outliers.csv", table)
    assert recognise(path)[1].topics == (("cats", ("lion", "tiger"), ("run",)),)
    with pytest.raises(EvaluationFileError, match="a column of outliers"):
        read_categories(path)
    wrong = write(path, table.replace("run,true", "run,perhaps"))
    with pytest.raises(EvaluationFileError, match="line 4: expected 4 fields as in the header, is_outlier true or"):
        read_outliers(wrong)


def test_a_folder_of_words_and_outliers_is_no_set_of_categories(tmp_path):
    for topic in ("cats", "cars"):
        write(tmp_path / f"{topic}.txt", f"{topic}1\n{topic}2\n\nrun\nwalk\n")
    assert recognise(tmp_path)[0] == "outliers"
    with pytest.raises(EvaluationFileError, match="words, a blank line and outliers: a set for --outliers"):
        read_categories(tmp_path)
