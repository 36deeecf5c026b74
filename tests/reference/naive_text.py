"""A slow and obvious twin of ``kernels.text``: one text at a time, with recursion, lists and plain integers."""

from typing import Any

from simulator.kernels.text_book import Book
from simulator.random_streams import Purpose
from tests.reference.naive_draws import draw_block

LOW64 = (1 << 64) - 1
LITERAL, SLOT, SYNONYM, LOCAL, NUMBER, ARTICLE, SLUG = range(7)
BRAND, BRAND_TAG = range(2)
VOWEL, BLANK = 1, 2
VERBATIM, SLOTS, SYNONYMS, PARAPHRASE = range(4)
LOWER_CASE = 1
FORMAL = 2
BAD_NEWS = 2
ENGLISH = 0
STYLE_DRAWS = (
    "opener", "opener pick", "tail", "tail pick", "second", "abbreviate", "shout", "slip", "emoji", "emoji pick",
    "laugh", "tags", "tag pick", "link", "link pick", "mention", "ending", "second pick", "long", "long pick",
    "news",
)  # fmt: skip
NUMBER_OF = {name: number for number, name in enumerate(STYLE_DRAWS, 1)}
MIXED_UP = ("的得", "在再", "得的", "做作", "那哪", "已以", "带戴", "像象")

Row = dict[str, int]
Style = dict[str, int]


def mix(z: int) -> int:
    """Return 64 well mixed bits (the finaliser of SplitMix64)."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & LOW64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & LOW64
    return z ^ z >> 31


def draw_at(seed: int, place: int) -> int:
    """Return the 64-bit draw of a place."""
    return mix(seed ^ place * 0x9E3779B97F4A7C15 & LOW64)


def capitalised(text: bytes) -> bytes:
    """Return a text whose first letter, also after a quotation mark, is a capital."""
    opening = text[: text.startswith(b'"') and len(text) > 1]
    return opening + text[len(opening) :][:1].upper() + text[len(opening) + 1 :]


class PlainBook:
    """The arrays of a Book as lists."""

    def __init__(self, book: Book) -> None:
        for name, value in book._asdict().items():
            setattr(self, name, value.tolist())
        self.pool = bytes(book.pool)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def literal(self, number: int, form: int) -> bytes:
        """Return one form of a literal."""
        start, length, _, line = self.literals[number]
        if line >= 0:
            start, length = self.other_forms[line][form]
        return self.pool[start : start + length]

    def sound(self, number: int) -> int:
        """Return how a literal begins."""
        return self.literals[number][2] % 4

    def ends_sentence(self, number: int) -> bool:
        """Return whether a literal ends a sentence."""
        return self.literals[number][2] >= 4

    def pick(self, listed: int, draw: int) -> int:
        """Return an alternative of a list."""
        assert listed >= 0
        part = share = draw >> 40
        for _ in range(self.list_skew[listed]):
            share = share * part >> 24
        return self.list_first[listed] + (self.list_size[listed] * share >> 24)

    def only_literal(self, listed: int, place: int) -> int:
        """Return the literal that an alternative of a list begins with."""
        return self.program[self.alternative_start[self.list_first[listed] + place]] >> 3


class Writer:
    """Writes one text."""

    def __init__(
        self, book: PlainBook, seed: int, row: Row, styles: list[Style], plain: list[Style], news: list[list[int]]
    ) -> None:
        self.book, self.row, self.world_seed, self.news = book, row, seed, news
        self.content, self.language = row["content"], row["lang"]
        words = draw_block(seed, Purpose.text, row["own_key"], 0)
        own, self.seed = words[0] | words[1] << 32, words[2] | words[3] << 32
        shared = own
        if row["mode"] != PARAPHRASE:
            words = draw_block(seed, Purpose.text, row["shared_key"], 0)
            shared = words[0] | words[1] << 32
        self.template_seed = shared
        self.slot_seed = shared if row["mode"] == VERBATIM else own
        self.synonym_seed = shared if row["mode"] in (VERBATIM, SLOTS) else own
        self.kind = book.chatty[self.content]
        self.style = plain[1] if self.kind == FORMAL else plain[0] if row["paste"] else styles[row["style_row"]]
        self.out = bytearray()
        self.tags: list[list[int]] = []
        self.url = self.mention = ""
        self.capitals = self.begins = self.style["case"] == 0
        self.ended, self.mood, self.gap = False, 0, -1
        self.form = (self.byte("abbreviate") < self.style["abbreviate"]) + 2 * self.style["forms"]
        self.tags_brand = draw_at(self.seed, NUMBER_OF["tags"]) % 256 < self.style["inline"]

    def byte(self, name: str) -> int:
        """Return a style draw from 0 to 255."""
        return draw_at(self.seed, NUMBER_OF[name]) >> 56

    def write(self, handles: list[str]) -> None:
        """Write the whole text."""
        if self.row["mention_row"] >= 0 and self.byte("mention") < self.style["mention"]:
            self.mention = handles[self.row["mention_row"]]
            self.out += f"@{self.mention} ".encode()
        self.put_body_in_style()
        self.put_tags()
        self.put_link()
        self.close_gap()

    def listed_tags(self) -> list[str]:
        """Return the hashtags of the text."""
        return [self.out[start : start + size].decode() for start, size in self.tags]

    def put_body_in_style(self) -> None:
        style, start = self.style, len(self.out)
        self.put_body()
        has_feelings = self.kind != FORMAL
        has_emoji = has_feelings and self.byte("emoji") < style["emoji"]
        if not self.book.bare[self.content] and not (has_emoji and style["drops"]):
            self.put_habit(self.book.endings[self.language], style["ending"])
        if self.language == ENGLISH:
            if style["case"] == LOWER_CASE:
                self.out[start:] = self.out[start:].lower()
            elif self.byte("shout") < style["shout"]:
                self.out[start:] = self.out[start:].upper()
        if self.byte("slip") < style["slip"]:
            draw = draw_at(self.seed, NUMBER_OF["slip"] + 200)
            (self.slip_english if self.language == ENGLISH else self.slip_chinese)(start, draw)
        if has_feelings:
            self.form = 0
            self.put_feelings()
        self.form, self.begins, self.capitals = 0, False, False

    def put_body(self) -> None:
        book, language, content = self.book, self.language, self.content
        draw = draw_at(self.template_seed, 0)
        family = book.family[language][content]
        is_own = family < 0 or draw % 256 < book.own_share[language][content]
        chosen = book.pick(book.own[language][content] if is_own else family, mix(draw))
        self.mood = book.alternative_mood[chosen] % 4
        local_row = book.local_row[language][content]
        if self.kind == 1 and book.alternative_mood[chosen] < 4 and self.byte("opener") < self.style["opener"]:
            self.put_opener()
        self.ended = False
        self.expand(chosen, self.slot_seed, self.synonym_seed, 0, local_row)
        if self.kind != 1:
            return
        more, tails = book.more[language][content], book.tails[language][content][self.mood]
        least = book.second_least[content]
        if more >= 0 and self.style["second"] > 0:
            self.put_second("second", more, max(self.style["second"], least), 102)
            if self.byte("long") < book.long_rate[content]:
                self.put_long(more)
        if tails >= 0:
            self.put_second("tail", tails, self.style["tail"], 103)

    def put_second(self, name: str, listed: int, rate: int, salt: int) -> None:
        """Write a sentence of a list, at a rate of 256."""
        if self.byte(name) < rate:
            self.join()
            pick = self.book.pick(listed, draw_at(self.seed, NUMBER_OF[f"{name} pick"]))
            self.expand(pick, self.seed, self.seed, salt, self.book.local_row[self.language][self.content])

    def put_long(self, listed: int) -> None:
        """Write two to five neighbours in a list."""
        draw, n = draw_at(self.seed, NUMBER_OF["long pick"]), self.book.list_size[listed]
        for place in range(min(2 + draw % 4, n)):
            self.join()
            pick = self.book.list_first[listed] + ((draw >> 32) * n // 2**32 + place) % n
            self.expand(pick, self.seed, self.seed, 110 + place, self.book.local_row[self.language][self.content])

    def put_opener(self) -> None:
        openers = self.book.openers[self.language][self.content][self.mood]
        if openers < 0:
            return
        draw = draw_at(self.seed, NUMBER_OF["opener pick"])
        if draw % 256 < self.style["loyal"]:
            draw = draw_at(self.style["favourites"], 1 + (draw >> 8) % 2)
        self.expand(self.book.pick(openers, draw), self.seed, self.seed, 101, 0)
        self.begins = self.ended and self.capitals

    def join(self) -> None:
        if not self.ended:
            self.put_habit(self.book.joins[self.language], self.style["join"])
        elif self.language == ENGLISH:
            self.out += b" "
        self.begins = self.capitals and self.style["join"] != 3
        self.ended = False

    def put_habit(self, listed: int, habit: int) -> None:
        """Write the end of a sentence, or what joins two, where there is none yet."""
        if self.ended:
            return
        place = min(habit, self.book.list_size[listed] - 1)
        if self.mood == BAD_NEWS and place >= 3:
            place = 2
        self.expand(self.book.list_first[listed] + place, 0, 0, 0, 0)

    def put_feelings(self) -> None:
        book, language, style = self.book, self.language, self.style
        if self.mood != BAD_NEWS and self.byte("laugh") < style["laugh"]:
            self.out += b" " if language == ENGLISH else b""
            pick = book.pick(book.laughs[language], draw_at(style["favourites"], 3))
            self.expand(pick, style["favourites"], style["favourites"], 103, 0)
        if self.byte("emoji") >= style["emoji"]:
            return
        self.out += b" " if language == ENGLISH or style["spaced"] else b""
        draw = number = draw_at(self.seed, NUMBER_OF["emoji pick"])
        if draw % 8 < 5:
            number = draw_at(style["favourites"], 10 + (draw >> 8) % 2)
        emoji = book.pick(book.emoji[language][self.mood], number)
        for _ in range(1 + (style["repeat"] if (draw >> 8) % 4 == 0 else 0)):
            self.expand(emoji, self.seed, self.seed, 104, 0)

    def put_tags(self) -> None:
        book, has_brand = self.book, bool(self.tags)
        used = [BRAND_TAG] if has_brand else []
        if self.row["forced_tag"] >= 0:
            forced = book.only_literal(book.tag_table, self.row["forced_tag"])
            self.put_tag_after(forced, used)
            used.append(forced)
        listed = book.tags[self.language][self.content]
        if listed < 0 or self.byte("tags") >= min(book.tag_rate[self.content] * self.style["tag"] // 64, 250):
            return
        draw = draw_at(self.seed, NUMBER_OF["tag pick"])
        count = 1 + (draw % 8 < self.style["many_tags"]) + (draw % 32 < self.style["many_tags"])
        count -= self.row["forced_tag"] >= 0
        n = book.list_size[listed]
        first = ((draw >> 32) ** 2 >> 32) * n >> 32
        for place in range(first, first + min(count, n)):
            self.put_tag_after(book.only_literal(listed, place % n), used)

    def put_link(self) -> None:
        book, forced, start = self.book, self.row["forced_url"], len(self.out) + 1
        listed = book.links[self.language][self.content]
        if forced >= 0:
            self.out += b" "
            self.expand(book.list_first[book.url_table] + forced, self.seed, self.seed, 105, 0)
        elif listed >= 0 and self.byte("link") < min(book.link_rate[self.content] * self.style["link"] // 64, 250):
            self.out += b" "
            number, seed, article = NUMBER_OF["link pick"], self.seed, self.find_article()
            if article:
                number, seed, listed = NUMBER_OF["news"], article, book.news[self.language][self.content]
            self.expand(book.pick(listed, draw_at(seed, number)), seed, seed, number + 100, 0)
        self.url = self.out[start:].decode()

    def find_article(self) -> int | None:
        """Return the key of the article that the link leads to, if to any."""
        if self.book.news[self.language][self.content] < 0:
            return None
        draw, habit = draw_at(self.seed, NUMBER_OF["news"]), max(self.style["link"], 1)
        lives = [life for life, line in enumerate(self.news) if draw % 65_536 * 200**2 // habit**2 < line[0]]
        if not lives:
            return None
        _, span, n_articles = self.news[lives[0]]
        part = draw >> 32
        place = ((part * part >> 32) * part >> 32) * n_articles >> 32
        series = place * 256 + lives[0] * 2 + self.language
        phase = draw_block(self.world_seed, Purpose.news, series, 0)[0] % span
        words = draw_block(self.world_seed, Purpose.news, series, (self.row["time"] + phase) // span + 1)
        return (words[0] + (words[1] << 32)) | 1

    def put_tag_after(self, literal: int, used: list[int]) -> None:
        """Write a hashtag after the text, unless it is in it."""
        if literal not in used:
            self.out += b" "
            self.put_tag(literal)

    def put_tag(self, literal: int) -> None:
        name = self.book.literal(literal, 0)
        self.tags.append([len(self.out) + 1, len(name)])
        self.out += b"#" + name

    def put_inline_tag(self) -> None:
        self.tags_brand = False
        if self.language == ENGLISH:
            self.put_tag(BRAND_TAG)
            return
        if self.out and self.out[-1:] != b" ":
            self.out += b" "
        self.put_tag(BRAND_TAG)
        self.gap = len(self.out)
        self.out += b" "

    def close_gap(self) -> None:
        """Leave one space, or at the end none, after a hashtag within a Chinese text."""
        if self.gap < 0 or self.out[self.gap + 1 : self.gap + 2] not in (b" ", b""):
            return
        del self.out[self.gap]
        for tag in self.tags:
            tag[0] -= tag[0] > self.gap

    def slip_english(self, start: int, draw: int) -> None:
        """Swap two letters, drop one or double one."""
        out, size = self.out, len(self.out) - start
        if size < 12:
            return
        for place in range(start + 2 + ((draw >> 32) * (size - 4) >> 32), len(out) - 2):
            letters = out[place - 1 : place + 2].decode("latin-1")
            if not (letters.isascii() and letters.isalpha() and letters.islower()):
                continue
            if any(at - 2 <= near <= at + length for at, length in self.tags for near in (place, place + 1)):
                continue
            if draw % 4 <= 1 and out[place] != out[place + 1]:
                out[place : place + 2] = out[place : place + 2][::-1]
                return
            shift = -1 if draw % 4 <= 2 else 1
            out[place : place + 1] = b"" if shift < 0 else out[place : place + 1] * 2
            for tag in self.tags:
                tag[0] += shift * (tag[0] > place)
            return

    def slip_chinese(self, start: int, draw: int) -> None:
        """Type the first character of those that sound alike, from a drawn byte on, as its double."""
        size = len(self.out) - start
        first, found = start + ((draw >> 32) * size >> 32), []
        for meant, typed in MIXED_UP:
            place = self.out.find(meant.encode(), first)
            found += [(place, typed)] if place >= 0 else []
        if found:
            place, typed = min(found)
            self.out[place : place + 3] = typed.encode()

    def expand(self, alternative: int, slot_seed: int, synonym_seed: int, salt: int, local_row: int) -> None:
        """Write one alternative with everything in it."""
        self.has_article = False
        self.expand_inner(alternative, (slot_seed, synonym_seed, local_row), salt, False)

    def expand_inner(self, alternative: int, keys: tuple[int, int, int], path: int, is_inside: bool) -> None:
        book = self.book
        code = book.program[book.alternative_start[alternative] : book.alternative_end[alternative]]
        for step, instruction in enumerate(code, 1):
            kind, argument = instruction % 8, instruction >> 3
            if kind == LITERAL:
                self.put_literal(argument)
                continue
            if kind == ARTICLE:
                self.has_article = True
                continue
            place = (path * 0xD1342543DE82EF95 + step) & LOW64
            draw = draw_at(keys[1] if kind == SYNONYM and not is_inside else keys[0], place)
            if kind == NUMBER:
                self.put_number(*book.numbers[argument], draw)
            elif kind == SLUG:
                self.put_slug(argument, draw)
            else:
                listed = book.locals[keys[2]][argument] if kind == LOCAL else argument
                self.expand_inner(book.pick(listed, draw), keys, place, is_inside or kind != SYNONYM)

    def put_article(self, has_vowel: bool) -> None:
        if self.has_article:
            self.out += (b"A" if self.begins else b"a") + (b"n " if has_vowel else b" ")
            self.begins = self.has_article = False

    def put_literal(self, literal: int) -> None:
        self.put_article(self.book.sound(literal) == VOWEL)
        if literal == BRAND and self.tags_brand:
            self.put_inline_tag()
            self.begins = self.ended = False
            return
        text = self.book.literal(literal, self.form)
        sound = self.book.sound(literal)
        self.out += capitalised(text) if self.begins and sound != BLANK else text
        if sound == BLANK:
            return
        self.ended = self.book.ends_sentence(literal)
        self.begins = self.ended and self.capitals

    def put_number(self, lowest: int, count: int, step: int, draw: int) -> None:
        value = lowest + step * ((draw >> 32) * count >> 32)
        self.put_article(value in (8, 11, 18) or 80 <= value <= 89)
        self.out += str(value).encode()
        self.begins = self.ended = False

    def put_slug(self, size: int, draw: int) -> None:
        for _ in range(size):
            self.out += b"0123456789abcdefghijklmnopqrstuvwxyz"[draw % 36 : draw % 36 + 1]
            draw //= 36


def fill_texts_slowly(
    book: Book,
    seed: int,
    rows: list[Row],
    styles: list[Style],
    plain: list[Style],
    handles: list[str],
    news: list[list[int]],
) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Return text, hashtags, links and mentions of each row."""
    plain_book, told = PlainBook(book), []
    for row in rows:
        writer = Writer(plain_book, seed, row, styles, plain, news)
        writer.write(handles)
        lists = writer.listed_tags(), [writer.url] if writer.url else [], [writer.mention] if writer.mention else []
        told.append((writer.out.decode(), *lists))
    return told
