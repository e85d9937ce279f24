"""Names and posts in the genitive, «в лице …», and who signs (spec §15.2).

pytrovich declines names, pymorphy3 does it a second time: where the two differ, a person is asked. Posts are declined
by pymorphy3, only their head phrase: leading adjectives and the first noun. Both measured in the specification's notes.
"""

import re
from dataclasses import dataclass
from functools import cache

from pymorphy3 import MorphAnalyzer
from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

MALE, FEMALE = "М", "Ж"
PATRONYMICS = {"ич": MALE, "оглы": MALE, "улы": MALE, "на": FEMALE, "кызы": FEMALE, "гызы": FEMALE}
STANDING = re.compile(r"(?i)(?:-задэ|-заде|[- ]оглы|[- ]кызы|[- ]гызы|[- ]улы|-бей|-хан)$")
"""Tails of names that keep their form."""
EXCEPTIONS = {"Соловей": "Соловья", "Корень": "Корня", "Заяц": "Зайца", "Рева": "Ревы", "Орёл": "Орла", "Орел": "Орла"}
"""Surnames of men that the library declines wrongly."""
PARTS = (NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME)
TAGS = ("Surn", "Name", "Patr")
FIXED_POSTS = {"и.о.": "и.о.", "врио": "врио", "ио": "и.о."}
ACTING = re.compile(r"(?i)^и\. ?о\.(?= )")
STAYING = ("вице-", "офис-", "экс-")
SUBSTANTIVES = {"управляющий", "управляющая", "заведующий", "заведующая"}
"""Adjectives that are posts by themselves."""


@dataclass(frozen=True)
class Declined:
    """A phrase in the genitive, and whether nobody need look at it: both engines agree, or a person wrote it."""

    text: str
    certain: bool


def sex(fio: str) -> str | None:
    """«М» or «Ж» by the patronymic, else by the first name; None where neither says it."""
    last, first, second = _named(fio)
    for ending, found in PATRONYMICS.items():
        if second.lower().endswith(ending):
            return found
    detected = PetrovichGenderDetector().detect(firstname=first or None, lastname=last or None)
    return {Gender.MALE: MALE, Gender.FEMALE: FEMALE}.get(detected)


def initials(fio: str) -> str:
    """«Иванов Иван Иванович» → «И. И. Иванов», spaces that do not break."""
    last, *others = [_capitalised(word) for word in _clean(fio).split()] or [""]
    return "\u00a0".join([*(f"{one[0].upper()}." for one in others[:2]), last])


def name_genitive(fio: str, of_sex: str) -> Declined:
    """«Иванов Иван Иванович» → «Иванова Ивана Ивановича». A name without a patronymic is a name too."""
    parts = [part for part in _named(fio) if part]
    first = [_by_pytrovich(part, place, of_sex) for place, part in enumerate(parts)]
    second = [_by_pymorphy(part, place, of_sex) for place, part in enumerate(parts)]
    agree = [_bare(one) for one in first] == [_bare(one) for one in second]
    return Declined(" ".join(first), agree)


def post_genitive(post: str) -> Declined:
    """«Заместитель генерального директора по …» → «заместителя генерального директора по …», in small letters."""
    sides = re.split(r"( [–—-] )", _clean(post))
    declined = [_head_phrase(side) if place % 2 == 0 else Declined(side, True) for place, side in enumerate(sides)]
    return Declined("".join(one.text for one in declined), all(one.certain for one in declined))


# — names —


def _clean(text: str) -> str:
    return " ".join(re.sub(r"\s*[–—]\s*(?=[А-ЯЁ])", "-", text).split()) if _is_name(text) else " ".join(text.split())


def _is_name(text: str) -> bool:
    """Whether a dash in it joins two halves of a surname: every word begins with a capital."""
    words = re.findall(r"[А-ЯЁа-яё]+", text)
    return bool(words) and len(words) <= 5 and all(word[0].isupper() for word in words)


def _named(fio: str) -> tuple[str, str, str]:
    """Surname, first name, the rest («Мамед оглы»); capitals only where they belong."""
    words = [_capitalised(word) for word in _clean(fio).split()]
    last, first, *rest = [*words, "", ""]
    return last, first, " ".join(filter(None, rest))


def _capitalised(word: str) -> str:
    if not (word.isupper() and len(word) > 1):
        return word
    return "-".join(part.capitalize() for part in word.split("-"))


def _bare(text: str) -> str:
    return text.lower().replace("ё", "е")


def _by_pytrovich(word: str, place: int, of_sex: str) -> str:
    if STANDING.search(word):
        return word
    if place == 0 and of_sex == MALE and word in EXCEPTIONS:
        return EXCEPTIONS[word]
    gender = Gender.FEMALE if of_sex == FEMALE else Gender.MALE
    return _maker().make(PARTS[min(place, 2)], gender, Case.GENITIVE, word)


def _by_pymorphy(word: str, place: int, of_sex: str) -> str:
    """A second opinion; a word that it does not know as such a name stays as it is."""
    if STANDING.search(word):
        return word
    tags = {TAGS[min(place, 2)], "femn" if of_sex == FEMALE else "masc", "sing", "nomn"}
    for parsed in _morph().parse(word):
        if tags <= set(parsed.tag.grammemes) | _of_both(parsed.tag.grammemes):
            inflected = parsed.inflect({"gent"})
            return "-".join(map(str.capitalize, inflected.word.split("-"))) if inflected else word
    return word


def _of_both(grammemes: frozenset) -> set[str]:
    """A surname for men and women counts as either."""
    return {"masc", "femn"} if "ms-f" in grammemes or "Fixd" in grammemes else set()


# — posts —


def _head_phrase(text: str) -> Declined:
    """The leading adjectives and the first noun are declined, the rest stays: «директора по развитию»."""
    words = ACTING.sub("и.о.", text).split()
    if words and (fixed := FIXED_POSTS.get(words[0].lower())):
        return Declined(" ".join([fixed, *_rest_of_acting(words[1:])]), True)
    made: list[str] = []
    for place, word in enumerate(words):
        found = _word_of_post(word)
        if found is None:
            certain = bool(made) and made[-1].endswith(("щего", "щей"))  # «исполняющего обязанности»
            return Declined(" ".join([*made, *words[place:]]), certain)
        made.append(found if place else _small(found))
        if _ends_the_head(word, words[place + 1 :]):
            return Declined(" ".join([*made, *words[place + 1 :]]), True)
    return Declined(" ".join(made), bool(made))


def _rest_of_acting(words: list[str]) -> list[str]:
    """After «и.о.» the post stands in the genitive already, or is declined: «и.о. директора»."""
    if not words:
        return []
    parsed = _morph().parse(words[0])[0]
    return words if "gent" in parsed.tag else _head_phrase(" ".join(words)).text.split()


def _small(word: str) -> str:
    """The phrase stands inside a sentence; an abbreviation keeps its capitals."""
    return word if word.isupper() and len(word) > 1 else word[0].lower() + word[1:]


def _word_of_post(word: str) -> str | None:
    """An adjective, a participle or a noun in the genitive singular; an adverb as it is; None for anything else."""
    before, dash, core = word.rpartition("-") if word.lower().startswith(STAYING) else ("", "", word)
    for parsed in _morph().parse(core):
        if parsed.tag.POS == "ADVB":
            return word
        if parsed.tag.POS in ("NOUN", "ADJF", "PRTF") and {"nomn", "sing"} <= parsed.tag.grammemes:
            inflected = parsed.inflect({"gent", "sing"})
            if inflected is not None:
                return before + dash + inflected.word
    return None


def _ends_the_head(word: str, following: list[str]) -> bool:
    """The first noun does, and an adjective that is a post by itself, unless its noun follows («управляющий директор»)."""
    last = word.rpartition("-")[2]
    if word.lower() in SUBSTANTIVES or (_is_noun(last) and _is(last, "ADJF")):
        return not (following and (_is_noun(following[0]) or _is(following[0], "ADJF")))
    return _is_noun(last)


def _is_noun(word: str) -> bool:
    return _is(word, "NOUN")


def _is(word: str, part: str) -> bool:
    """Whether it is likely that part of speech, in the nominative singular."""
    return any(part == one.tag.POS and {"nomn", "sing"} <= one.tag.grammemes for one in _morph().parse(word)[:2])


@cache
def _morph() -> MorphAnalyzer:
    return MorphAnalyzer()


@cache
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()
