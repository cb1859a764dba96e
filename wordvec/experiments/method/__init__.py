"""Method paragraphs for publications, in English, German and Korean, with references and commands.

They are made from the facts of a run; unknown facts are omitted, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordvec.corpus import Corpus
from wordvec.errors import OptionError

# The sentences of a method paragraph in each language; the functions below fill the braces.


TRAINERS = {
    "en": {
        "skipgram": "skip-gram (Mikolov et al. 2013a, b)",
        "cbow": "CBOW (Mikolov et al. 2013a, b)",
        "glove": "GloVe (Pennington et al. 2014)",
        "svd": "a truncated singular value decomposition of the matrix of positive pointwise mutual "
        "information (Levy et al. 2015)",
        "ppmi": "positive pointwise mutual information (Levy et al. 2015)",
    },
    "de": {
        "skipgram": "Skip-Gram (Mikolov et al. 2013a, b)",
        "cbow": "CBOW (Mikolov et al. 2013a, b)",
        "glove": "GloVe (Pennington et al. 2014)",
        "svd": "einer abgeschnittenen Singulärwertzerlegung der Matrix der positiven punktweisen "
        "Transinformation (Levy et al. 2015)",
        "ppmi": "der positiven punktweisen Transinformation (Levy et al. 2015)",
    },
    "ko": {
        "skipgram": "skip-gram(Mikolov et al. 2013a, b)",
        "cbow": "CBOW(Mikolov et al. 2013a, b)",
        "glove": "GloVe(Pennington et al. 2014)",
        "svd": "양의 점별 상호정보량(PPMI) 행렬의 절단 특잇값 분해(Levy et al. 2015)",
        "ppmi": "양의 점별 상호정보량(PPMI)(Levy et al. 2015)",
    },
}

MODELS = {
    "en": {
        "svd": "a truncated singular value decomposition of the PPMI matrix with power 0.5 and {dim} "
        "dimensions; Levy et al. 2015",
        "given": "vectors trained beforehand, with {dim} dimensions",
    },
    "de": {
        "svd": "abgeschnittene Singulärwertzerlegung der PPMI-Matrix, Potenz 0,5, {dim} Dimensionen; Levy et al. 2015",
        "given": "vorher berechnete Vektoren mit {dim} Dimensionen",
    },
    "ko": {
        "svd": "PPMI 행렬의 절단 특잇값 분해, 지수 0.5, {dim}차원; Levy et al. 2015",
        "given": "미리 학습한 {dim}차원 벡터",
    },
}

GROUPINGS = {
    "en": {
        "year": "year",
        "decade": "decade",
        "century": "century",
        "half": "random halves",
        "years": "periods of {years} years",
        "column": "“{name}”",
    },
    "de": {
        "year": "Jahren",
        "decade": "Jahrzehnten",
        "century": "Jahrhunderten",
        "half": "zufälligen Hälften",
        "years": "Zeiträumen von {years} Jahren",
        "column": "„{name}“",
    },
    "ko": {
        "year": "연도",
        "decade": "10년",
        "century": "100년",
        "half": "무작위 절반",
        "years": "{years}년",
        "column": "‘{name}’",
    },
}

SENTENCES = {
    "en": {
        "text": "The text comes from {sources}.",
        "documents": "Number of documents: {documents}{years}.",
        "years": ", from {first} to {last}",
        "tokenizer": "Words were found with the tokenizer “{tokenizer}”.",
        "vocabulary": "Words seen fewer than {min_count} times were left out; {tokens} running words remain.",
        "train": "Vectors of {dim} dimensions were made with {trainer} ({parameters}).",
        "change": "Documents were grouped by {by} ({groups}). A word in a group is represented by the mean of the "
        "vectors of the words within {window} words of its occurrences there, with less weight for frequent words "
        "(Arora et al. 2017), minus the mean over the corpus (Schütze 1998; Rodriguez et al. 2023). The vectors of "
        "those words are the same in all groups ({model}).",
        "ungrouped": "Documents without a date or value that can be read, and so in no group: {number}.",
        "test": "Words were tested ({tested}) by permuting the documents that contain the word, at most "
        "{permutations} times (Besag and Clifford 1991); the statistic is the squared distance between the "
        "groups divided by the variation of the documents within them (Janssen 1997). Over the words, the false "
        "discovery rate was controlled at {level} (Benjamini and Hochberg 1995). Words that differ at that level: "
        "{found}; words that could not be tested: {left_out}.",
        "weights": "In these means a document with n occurrences of the word has the weight n / (1 + 0.2 (n − 1)), as "
        "occurrences in one document are alike (Kish 1965).",
        "cut": "For each word, the documents before and after a moment between two groups were compared. The moment "
        "is the one at which they differ most, with at least a quarter of the documents on each side if possible; "
        "in each permutation it was chosen in the same way.",
        "stability": "For the neighbours of a word, documents were drawn with replacement (Antoniak and Mimno 2018).",
        "software": "The computations were done with wordvec {version}, seed {seed}.",
    },
    "de": {
        "text": "Der Text stammt aus {sources}.",
        "documents": "Zahl der Dokumente: {documents}{years}.",
        "years": ", {first} bis {last}",
        "tokenizer": "Die Wörter wurden mit dem Tokenizer „{tokenizer}“ bestimmt.",
        "vocabulary": "Wörter mit weniger als {min_count} Vorkommen blieben unberücksichtigt; es verbleiben "
        "{tokens} laufende Wörter.",
        "train": "Vektoren mit {dim} Dimensionen wurden mit {trainer} berechnet ({parameters}).",
        "change": "Die Dokumente wurden gruppiert nach {by} ({groups}). Der Vektor eines Wortes in einer "
        "Gruppe ist das Mittel der Vektoren der Wörter im Abstand von höchstens {window} Wörtern um seine "
        "Vorkommen, wobei häufige Wörter weniger zählen (Arora et al. 2017), abzüglich des Mittels über das "
        "Korpus (Schütze 1998; Rodriguez et al. 2023). Die Vektoren dieser Wörter sind in allen Gruppen "
        "dieselben ({model}).",
        "ungrouped": "Dokumente ohne lesbare Angabe, die zu keiner Gruppe gehören: {number}.",
        "test": "Geprüft wurden {tested} Wörter mit Permutationen der Dokumente, in denen das Wort vorkommt, "
        "höchstens {permutations} je Wort (Besag und Clifford 1991); die Prüfgröße ist der quadrierte Abstand "
        "der Gruppen im Verhältnis zur Streuung der Dokumente (Janssen 1997). Über die Wörter wurde auf eine "
        "Falscherkennungsrate von {level} korrigiert (Benjamini und Hochberg 1995). Wörter, die sich auf diesem "
        "Niveau unterscheiden: {found}; nicht prüfbare Wörter: {left_out}.",
        "weights": "Ein Dokument mit n Vorkommen des Wortes geht in diese Mittel mit dem Gewicht n / (1 + 0,2 (n − 1)) "
        "ein, da sich Vorkommen in einem Dokument ähneln (Kish 1965).",
        "cut": "Verglichen wurden für jedes Wort die Dokumente vor und nach demjenigen Zeitpunkt zwischen zwei "
        "Gruppen, an dem sie sich am meisten unterscheiden, mit mindestens einem Viertel der Dokumente auf jeder "
        "Seite, wo das möglich ist; in jeder Permutation wurde der Zeitpunkt auf dieselbe Weise gewählt.",
        "stability": "Für die Nachbarn eines Wortes wurden Dokumente mit Zurücklegen gezogen (Antoniak und "
        "Mimno 2018).",
        "software": "Gerechnet wurde mit wordvec {version}, Startwert {seed}.",
    },
    "ko": {
        "text": "텍스트의 출처는 {sources}이다.",
        "documents": "텍스트는 문서 {documents}건으로 이루어져 있다{years}.",
        "years": "({first}년~{last}년)",
        "tokenizer": "단어는 토크나이저(‘{tokenizer}’)로 나누었다.",
        "vocabulary": "출현 횟수가 {min_count}회 미만인 단어는 제외하였으며, 남은 단어는 중복을 포함하여 모두 "
        "{tokens}개이다.",
        "train": "{dim}차원 벡터를 다음 방법으로 구하였다: {trainer}({parameters}).",
        "change": "문서를 {by} 기준으로 묶었다({groups}). 한 집단에서 단어의 벡터는 그 단어가 나온 자리에서 "
        "앞뒤 {window}단어 이내에 있는 단어 벡터의 평균에서 말뭉치 전체의 평균을 뺀 것이며(Schütze 1998; "
        "Rodriguez et al. 2023), 빈도가 높은 단어에는 낮은 가중치를 주었다(Arora et al. 2017). 주변 단어의 "
        "벡터는 모든 집단에서 같다({model}).",
        "ungrouped": "읽을 수 있는 날짜나 값이 없어 어느 집단에도 넣지 않은 문서는 {number}건이다.",
        "test": "단어 {tested}개를 검정하였다. 그 단어가 나오는 문서를 최대 {permutations}번 순열로 "
        "바꾸었고(Besag and Clifford 1991), 검정 통계량은 집단 간 거리의 제곱을 문서 간 변동으로 나눈 "
        "값이다(Janssen 1997). 단어 전체에 대하여 거짓 발견율 {level}로 보정하였다(Benjamini and Hochberg 1995). "
        "이 수준에서 {found}개 단어가 달랐으며, {left_out}개는 검정할 수 없었다.",
        "weights": "이 평균에서 단어가 n번 나오는 문서의 가중치는 n / (1 + 0.2(n − 1))이다. 한 문서 안의 출현은 서로 "
        "비슷하기 때문이다(Kish 1965).",
        "cut": "단어마다 전후의 문서가 가장 크게 다른 시점을 집단 사이에서 골라 그 전과 후를 비교하였으며, "
        "가능한 한 양쪽에 문서의 4분의 1 이상이 있게 하였다. 순열마다 시점을 같은 방법으로 다시 골랐다.",
        "stability": "이웃 단어의 안정성을 보기 위하여 문서를 복원 추출하였다(Antoniak and Mimno 2018).",
        "software": "계산에는 wordvec {version}을 사용하였다(난수 초깃값 {seed}).",
    },
}


LANGUAGES = tuple(SENTENCES)
SOURCES_NAMED = 3


def corpus_facts(corpus: Corpus, date_column: str | None = None) -> dict[str, Any]:
    """The facts of a corpus for a paragraph, as JSON, with dates from `date_column` (default: year or the like)."""
    from wordvec.corpus.documents.groups import spans_of

    info, documents = corpus.info, corpus.documents
    dates = [] if documents is None else [date for date in spans_of(documents, date_column) if date is not None]
    return {
        "sources": info.get("sources") or [],
        "documents": None if documents is None else len(documents),
        "years": [min(date.first for date in dates), max(date.last for date in dates)] if dates else None,
        "tokenizer": info.get("tokenizer"),
        "min_count": corpus.vocabulary.min_count,
        "tokens": len(corpus.ids),
        "fingerprint": corpus.fingerprint,
    }


def paragraph_of_vectors(info: Mapping[str, Any], dim: int, corpus: Mapping[str, Any] | None, language: str) -> str:
    """How vectors were made, from their file's info and the facts of their corpus, if available.

    >>> paragraph_of_vectors({"trainer": "svd", "parameters": {"window": 5, "seed": 1}, "wordvec_version": "1"}, 9,
    ...                      None, "en").split(". ")[-1]
    'The computations were done with wordvec 1, seed 1.'
    """
    say = _sentences(language)
    trainer = TRAINERS[language].get(str(info.get("trainer")))
    parameters = info.get("parameters") if isinstance(info.get("parameters"), dict) else {}
    assert isinstance(parameters, dict)
    parts = _of_corpus(corpus or _corpus_of_info(info), language)
    if trainer is not None:
        kept = {name: value for name, value in sorted(parameters.items()) if name not in ("dim", "seed")}
        listed = ", ".join(f"{name} {_value(value)}" for name, value in kept.items() if value is not None)
        parts.append(say["train"].format(dim=dim, trainer=trainer, parameters=listed))
    if info.get("wordvec_version") and "seed" in parameters:
        parts.append(say["software"].format(version=info["wordvec_version"], seed=parameters["seed"]))
    return " ".join(parts)


def paragraph_of_changes(record: Mapping[str, Any], language: str) -> str:
    """How changes were tested, from the file that ``wordvec change -o`` wrote."""
    say, options = _sentences(language), record["options"]
    groups = ", ".join(f"{name}: {size}" for name, size in zip(record["groups"], record["documents"]))
    ungrouped = (record["corpus"].get("documents") or 0) - sum(record["documents"])
    found = sum(word["q"] <= options["level"] for word in record["words"])
    parts = [
        *_of_corpus(record["corpus"], language),
        say["change"].format(
            by=grouping(str(record["by"]), language),
            groups=groups,
            window=options["window"],
            model=MODELS[language][options["model"]].format(dim=options["dim"]),
        ),
        *([say["ungrouped"].format(number=_number(ungrouped, language))] if ungrouped > 0 else []),
        *([say["weights"]] if has_weights(record) else []),
        say["test"].format(
            tested=len(record["words"]),
            permutations=_number(options["permutations"], language),
            level=_number(options["level"], language),
            found=found,
            left_out=len(record["left_out"]),
        ),
        *([say["cut"]] if options.get("compare") == "cut" and len(record["groups"]) > 2 else []),
        say["stability"],
        say["software"].format(version=record["wordvec_version"], seed=options["seed"]),
    ]
    return " ".join(parts)


def has_weights(record: Mapping[str, Any]) -> bool:
    """Whether documents were weighted. Earlier versions did not, nor did they record how groups were compared."""
    return "compare" in record["options"]


def _sentences(language: str) -> dict[str, str]:
    if language not in SENTENCES:
        raise OptionError(f"a method paragraph is written in {', '.join(LANGUAGES)}; got {language!r}")
    return SENTENCES[language]


def _corpus_of_info(info: Mapping[str, Any]) -> dict[str, Any]:
    return {name: info.get(name) for name in ("tokenizer", "min_count", "tokens")} | {"sources": sources_of(info)}


def sources_of(info: Mapping[str, Any]) -> list[str]:
    """The names of the text files that a file of vectors or a corpus records."""
    sources = info.get("sources")
    return [str(source) for source in sources] if isinstance(sources, list) else []


def _of_corpus(corpus: Mapping[str, Any], language: str) -> list[str]:
    say, parts = SENTENCES[language], []
    if sources := corpus.get("sources"):
        more = f" (+ {len(sources) - SOURCES_NAMED})" if len(sources) > SOURCES_NAMED else ""
        parts.append(say["text"].format(sources=", ".join(sources[:SOURCES_NAMED]) + more))
    if corpus.get("documents"):
        years = corpus.get("years")
        span = say["years"].format(first=years[0], last=years[1]) if years else ""
        parts.append(say["documents"].format(documents=_number(corpus["documents"], language), years=span))
    if corpus.get("tokenizer"):
        parts.append(say["tokenizer"].format(tokenizer=corpus["tokenizer"]))
    if isinstance(corpus.get("tokens"), int) and isinstance(corpus.get("min_count"), int):
        parts.append(
            say["vocabulary"].format(min_count=corpus["min_count"], tokens=_number(corpus["tokens"], language))
        )
    return parts


def grouping(by: str, language: str) -> str:
    """The grouping of the documents, in words."""
    names = GROUPINGS[language]
    if by in ("year", "decade", "century", "half"):
        return names[by]
    return names["years"].format(years=by) if by.isdigit() else names["column"].format(name=by)


def _number(number: float, language: str) -> str:
    """A number in the language's notation.

    >>> _number(93600, "en"), _number(93600, "de"), _number(0.05, "de")
    ('93,600', '93.600', '0,05')
    """
    text = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
