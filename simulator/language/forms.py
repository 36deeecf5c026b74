"""The forms in which literals are kept: abbreviated, careless and in the other spelling, made once a load."""

import re
from functools import cache

from simulator.vocabulary import Language

ABBREVIATED, CARELESS, OTHER_SPELLING = 1, 2, 4

_ABBREVIATIONS = {
    "because": "bc", "you": "u", "your": "ur", "really": "rly", "please": "pls", "people": "ppl", "tomorrow": "tmrw",
    "right now": "rn", "to be honest": "tbh", "though": "tho", "going to": "gonna", "want to": "wanna", "and": "&",
    "with": "w/", "minutes": "mins", "about": "abt", "thanks": "thx", "something": "smth", "probably": "prob",
    "tonight": "2nite", "before": "b4", "okay": "ok", "without": "w/o", "birthday": "bday", "favourite": "fave",
    "photos": "pics", "are": "r", "for": "4", "what the hell": "wth", "as far as I know": "afaik", "got to": "gotta",
    "should have": "shoulda", "kind of": "kinda", "let me": "lemme", "do not know": "dunno", "them": "em",
}  # fmt: skip
# The shortest ones only suit some writers and never all of a text.
_RARE = frozenset({"are", "for", "tonight", "them", "and", "with"})
_SPELLINGS = {
    "colour": "color", "colours": "colors", "favourite": "favorite", "neighbour": "neighbor", "neighbours": "neighbors",
    "neighbour's": "neighbor's", "centre": "center", "metres": "meters", "litre": "liter", "litres": "liters",
    "kilometres": "kilometers", "grey": "gray", "realise": "realize", "realised": "realized", "apologise": "apologize",
    "apologised": "apologized", "tyre": "tire", "tyres": "tires", "flavour": "flavor", "flavours": "flavors",
    "theatre": "theater", "cancelled": "canceled", "travelling": "traveling", "mum": "mom", "mum's": "mom's",
    "programme": "program", "organised": "organized", "organise": "organize", "pyjamas": "pajamas", "humour": "humor",
    "labour": "labor", "behaviour": "behavior", "catalogue": "catalog", "jewellery": "jewelry", "plough": "plow",
    "mould": "mold", "autumn": "fall", "petrol": "gas", "trousers": "pants", "queue": "line", "pavement": "sidewalk",
    "lorry": "truck", "rubbish": "garbage", "holiday": "vacation", "biscuits": "cookies",
    "crisps": "chips", "maths": "math", "car park": "parking lot", "cinema": "movie theater", "film": "movie",
    "films": "movies", "kilometre": "kilometer", "cosy": "cozy", "fibre": "fiber", "licence": "license",
}  # fmt: skip
_COLLOQUIAL = {
    "什么": "啥", "怎么": "咋", "非常": "超", "没有": "没", "真的": "真滴", "这样": "这样子",
    "东西": "东东", "孩子": "娃", "有没有": "有木有", "朋友": "盆友", "我们": "咱们", "漂亮": "好看",
}  # fmt: skip
_WIDE = re.compile("[，、；：]")
_HALF_WIDTH = str.maketrans({"，": " ", "、": " ", "；": " ", "：": " "})


def _matcher(words: dict[str, str], bounded: bool) -> re.Pattern[str]:
    joined = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"\b(?:{joined})\b" if bounded else f"(?:{joined})")


_ENGLISH = {word: short for word, short in _ABBREVIATIONS.items() if word not in _RARE}
_ABBREVIATE = {
    Language.en: (_matcher(_ENGLISH, True), _ENGLISH),
    Language.zh: (_matcher(_COLLOQUIAL, False), _COLLOQUIAL),
}
_RESPELL = _matcher(_SPELLINGS, True)
_APOSTROPHE = re.compile(
    r"\b(can|don|doesn|didn|won|isn|wasn|couldn|wouldn|haven|hasn|aren|I|that|there|it|what)'(?=t\b|m\b|s\b|ve\b)"
)
_INNER_START = re.compile(r"(?<=[.!?] )[a-z]")


def capitalise_inner(text: str, language: Language) -> str:
    """Return a literal; an English one with capitals after its inner full stops."""
    if language is Language.en and (". " in text or "! " in text or "? " in text):
        return _INNER_START.sub(lambda match: match[0].upper(), text)
    return text


@cache
def other_forms(text: str, language: Language) -> tuple[tuple[int, str], ...]:
    """Return the forms of a literal that differ from itself, as pairs of form and text.

    Examples
    --------
    >>> other_forms("you don't", Language.en)[:3]
    ((1, "u don't"), (2, 'you dont'), (3, 'u dont'))
    """
    careless = _careless(text, language)
    spelled = _respell(text, language)
    short = _abbreviate(text, language)
    if careless is text and spelled is text and short is text:
        return ()
    forms = []
    for form in range(1, 8):
        changed = _respell(text, language) if form & OTHER_SPELLING else text
        changed = _careless(changed, language) if form & CARELESS else changed
        changed = _abbreviate(changed, language) if form & ABBREVIATED else changed
        if changed != text:
            forms.append((form, changed))
    return tuple(forms)


def _careless(text: str, language: Language) -> str:
    if language is Language.en:
        return _APOSTROPHE.sub(r"\1", text) if "'" in text else text
    return text.translate(_HALF_WIDTH) if _WIDE.search(text) else text


def _respell(text: str, language: Language) -> str:
    if language is Language.zh or not _RESPELL.search(text):
        return text
    return _RESPELL.sub(lambda match: _SPELLINGS[match[0]], text)


def _abbreviate(text: str, language: Language) -> str:
    pattern, words = _ABBREVIATE[language]
    return pattern.sub(lambda match: words[match[0]], text) if pattern.search(text) else text
