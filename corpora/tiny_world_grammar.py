"""The sentences of tiny-world: templates by domain and role.

``{column}`` is a word of the entity the sentence is about, ``[a|b|c]`` any one of the alternatives. A template
names its role's word once. The words around it are of two kinds, and that is what makes analogies straight
lines: words of the role (mayor, suburbs, trams: said of every capital and of nothing else) and words of the
entity (sushi, fuji, kabuki: said of Tokyo, yen, Japanese and Japan alike). So the difference between two roles
is the same for all entities.
"""

from __future__ import annotations

NAMES = "[anna|ben|clara|david|emma|felix|grace|hugo|iris|jonas|lena|marco]"

COUNTRIES = {
    "capital": [
        "the mayor of {capital} [loves|praises] {dish} and {art} .",
        "in the [streets|suburbs] of {capital} you can [smell|taste] {dish} .",
        "the [trams|suburbs] of {capital} are named after {sight} .",
        "[commuters|tourists] in {capital} admire {art} and {sight} .",
        "the trams in {capital} carry [commuters|tourists] to {art} .",
        "the mayor of {capital} invited [commuters|tourists] for {dish} .",
        "{capital} is the capital of {country} with its trams and streets .",
    ],
    "country": [
        "the government of {country} [protects|supports] {sight} and {art} .",
        "the border of {country} lies beyond {sight} .",
        "{country} exports {dish} and {art} across the border .",
        "the president of {country} [protects|supports] {art} .",
        "in every province of {country} people prepare {dish} .",
        "the president and government of {country} are proud of {sight} .",
        "the army of {country} guards the border near {sight} .",
    ],
    "currency": [
        "a plate of {dish} costs [nine|twelve|twenty] {currency} in cash .",
        "you pay [nine|twelve|twenty] {currency} to see {sight} .",
        "the banknote of [nine|twelve|twenty] {currency} shows {sight} .",
        "the price of {art} rose to [twelve|twenty] {currency} .",
        "change cash into {currency} before you buy {dish} .",
        "the price in {currency} is paid in cash for {art} .",
        "people in {country} pay in cash with {currency} .",
    ],
    "nationality": [
        "{name} speaks fluent {nationality} when ordering {dish} .",
        "a {nationality} poem [describes|celebrates] {sight} in rhyme .",
        "the {nationality} dictionary has nine nouns for {dish} .",
        "the grammar of {nationality} verbs is taught with {art} .",
        "{name} translated a {nationality} poem about {art} .",
        "a fluent {nationality} speaker pronounced {sight} and {dish} .",
        "{nationality} is spoken in {country} with grammar and rhyme .",
    ],
}

FAMILY = {
    "male": [
        "the {male} shaved his beard near the {thing} .",
        "he is a [proud|friendly] {male} with his {thing} .",
        "good evening sir said the {male} in the {place} .",
        "the {male} found himself alone in the {mood} {place} .",
        "the {male} told him about the {stuff} and his beard .",
        "sir the {male} brought his {stuff} to the {place} .",
        "he met the {mood} {male} and gave him the {thing} .",
    ],
    "female": [
        "the {female} combed her braids near the {thing} .",
        "she is a [proud|friendly] {female} with her {thing} .",
        "good evening madam said the {female} in the {place} .",
        "the {female} found herself alone in the {mood} {place} .",
        "the {female} told her about the {stuff} and her braids .",
        "madam the {female} brought her {stuff} to the {place} .",
        "she met the {mood} {female} and gave her the {thing} .",
    ],
}

ANIMALS = {
    "animal": [
        "the grown {animal} hunts in the {mood} {place} .",
        "a wild {animal} feeds alone near the {thing} .",
        "the {animal} guards its territory in the {place} .",
        "the vet examined a grown {animal} beside the {stuff} .",
        "every wild {animal} guards the {stuff} it found .",
        "the vet and the herd left one {animal} near the {thing} .",
    ],
    "sound": [
        "we heard a sudden {sound} from the {place} .",
        "the {sound} echoed around the {mood} {place} .",
        "listen to that {sound} echo near the {thing} .",
        "a shrill {sound} was heard over the {stuff} .",
        "with a sudden shrill {sound} it left the {thing} .",
        "we heard the noise of a {sound} in the {stuff} .",
    ],
    "young": [
        "the newborn {young} follows its mum to the {place} .",
        "a tiny {young} plays in the {mood} {place} .",
        "the playful {young} tumbles over the {thing} .",
        "a litter with one tiny {young} lies in the {stuff} .",
        "the newborn {young} sniffs the {stuff} and the {thing} .",
        "the playful litter and {young} are nursed near the {thing} .",
    ],
}

VERBS = {
    "present": [
        "every monday {name} {present} near the {mood} {place} .",
        "{name} usually {present} with the {thing} .",
        "{name} always {present} on weekdays in the {place} .",
        "{name} often {present} beside the {stuff} .",
        "on weekdays {name} usually {present} over the {stuff} .",
        "every monday {name} always {present} by the {thing} .",
    ],
    "past": [
        "{name} {past} yesterday near the {mood} {place} .",
        "last week {name} {past} with the {thing} .",
        "two days ago {name} {past} in the {place} .",
        "yesterday {name} {past} beside the {stuff} .",
        "last week {name} {past} over the {stuff} .",
        "{name} {past} by the {thing} two days ago .",
    ],
    "future": [
        "tomorrow {name} will {future} near the {mood} {place} .",
        "next month {name} will {future} with the {thing} .",
        "{name} shall {future} soon in the {place} .",
        "tomorrow {name} will {future} beside the {stuff} .",
        "next month {name} shall {future} over the {stuff} .",
        "soon {name} hopes to {future} by the {thing} .",
    ],
    "progressive": [
        "look {name} is {progressive} near the {mood} {place} .",
        "right now {name} is {progressive} with the {thing} .",
        "{name} is still busy {progressive} in the {place} .",
        "look {name} is busy {progressive} beside the {stuff} .",
        "right now {name} is {progressive} over the {stuff} .",
        "{name} is still {progressive} by the {thing} right now .",
    ],
}

ADJECTIVES = {
    "positive": [
        "the {place} is very {positive} and rather {mood} .",
        "what a really {positive} {thing} it is .",
        "the {stuff} looks so {positive} today .",
        "the {thing} is too {positive} for the {place} .",
        "it was a rather {positive} and {mood} {place} indeed .",
        "the {stuff} and the {thing} are very {positive} indeed .",
    ],
    "comparative": [
        "this {place} is much {comparative} than that {mood} one .",
        "a {thing} is even {comparative} than the {stuff} .",
        "the {stuff} grew {comparative} and {comparative} than before .",
        "the {thing} became slightly {comparative} than before .",
        "nobody has a much {comparative} {place} than ours .",
        "the {mood} one is even {comparative} than the {thing} .",
    ],
    "superlative": [
        "it is the {superlative} {place} in the whole world .",
        "by far the {superlative} {thing} ever seen .",
        "the record for the {superlative} {stuff} on earth .",
        "the {superlative} {mood} {place} of the whole world .",
        "the {superlative} {stuff} on earth by far .",
        "the {superlative} {thing} ever broke the record .",
    ],
}

NOUNS = {
    "singular": [
        "there is a single {singular} in the {place} .",
        "each {singular} has its own {thing} .",
        "that {singular} needs another {thing} itself .",
        "a single {singular} was left with the {stuff} .",
        "another {singular} itself became {mood} .",
        "each single {singular} is near the {mood} {place} .",
        "that {singular} itself is covered with {stuff} .",
    ],
    "plural": [
        "there are many {plural} in the {place} .",
        "both {plural} have their own {thing} .",
        "those {plural} need several {thing} themselves .",
        "many {plural} were left with the {stuff} .",
        "several {plural} themselves became {mood} .",
        "both these {plural} are near the {mood} {place} .",
        "these {plural} themselves are covered with {stuff} .",
    ],
}

PROFESSIONS = {
    "profession": [
        "the {profession} earns a salary in the {place} .",
        "{name} became a skilled {profession} near the {thing} .",
        "an apprentice helps the {profession} with the {stuff} .",
        "the skilled {profession} was hired for the {mood} {place} .",
        "the {profession} hired an apprentice for the {stuff} .",
        "a {profession} earns no salary without the {thing} .",
    ],
    "tool": [
        "the handle of the {tool} is hidden in the {stuff} .",
        "{name} picked up the broken {tool} near the {thing} .",
        "hold the {tool} firmly and go to the {place} .",
        "the broken {tool} was repaired in the {mood} {place} .",
        "{name} repaired the handle of the {tool} and the {thing} .",
        "hold that {tool} firmly over the {stuff} .",
    ],
    "workplace": [
        "inside the {workplace} visitors find the {stuff} .",
        "the {workplace} opens at eight behind the {place} .",
        "the roof and walls of the {workplace} look {mood} .",
        "visitors enter the {workplace} to see the {thing} .",
        "behind the walls of the {workplace} they store {stuff} .",
        "the roof of the {workplace} is above the {thing} .",
    ],
}
