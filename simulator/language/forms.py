"""The forms in which literals are kept: abbreviated, careless and in the other spelling, made once a load."""

import re

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
_APOSTROPHE = re.compile(r"\b(can|don|doesn|didn|won|isn|wasn|couldn|wouldn|haven|hasn|aren|I|that|there|it|what)'(?=t\b|m\b|s\b|ve\b)")
_INNER_START = re.compile(r"(?<=[.!?] )[a-z]")


def capitalise_inner(text: str) -> str:
    """Return an English literal with capitals after its inner full stops."""
    return _INNER_START.sub(lambda match: match[0].upper(), text)


def other_forms(text: str, language: Language) -> dict[int, str]:
    """Return the forms of a literal that differ from itself, by form."""
    pattern, words = _ABBREVIATE[language]
    english = language is Language.en
    forms: dict[int, str] = {}
    for form in range(1, 8):
        changed = text
        if form & OTHER_SPELLING and english:
            changed = _RESPELL.sub(lambda match: _SPELLINGS[match[0]], changed)
        if form & CARELESS:
            changed = _APOSTROPHE.sub(r"\1", changed) if english else changed.translate(_HALF_WIDTH)
        if form & ABBREVIATED:
            changed = pattern.sub(lambda match: words[match[0]], changed)
        if changed != text:
            forms[form] = changed
    return forms


def may_have_forms(text: str, language: Language) -> bool:
    """Tell quickly whether a literal has any other form."""
    if language is Language.en:
        return bool(_ABBREVIATE[language][0].search(text) or _RESPELL.search(text) or "'" in text)
    return bool(_ABBREVIATE[language][0].search(text)) or any(mark in text for mark in "，、；：")
