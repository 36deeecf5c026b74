"""What commanded items do and say: actions by role, manuscripts, hashtags and links."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import PlannedPush
from simulator.campaign.turns import Team
from simulator.kernels import layout
from simulator.kernels.draws import draw_keys, draw_rows
from simulator.language import Phrasebook
from simulator.random_streams import Purpose, name_key
from simulator.scenario import Dials, Scenario
from simulator.vocabulary import Action, Role, TextMode

BRAND_TAG = 0  # the first hashtag of the table that both sides share is the brand's name

# What a role does, as shares of post, repost, reply and quote, in sixteenths. Assumed, after the roles
# that Keller et al. 2020 and Luceri et al. 2024 describe.
_ACTIONS_OF_ROLE = {
    Role.seeder: (16, 0, 0, 0),
    Role.amplifier: (0, 15, 0, 1),
    Role.commenter: (3, 1, 11, 1),
    Role.hijacker: (10, 0, 6, 0),
    Role.sleeper: (4, 10, 1, 1),
    Role.handler: (10, 2, 0, 4),
}
# The same of accounts that overlap with people: they amplify more than they write, since who writes of one brand for
# months is found by the words alone (``smearbench audit``).
_ACTIONS_AMONG_PEOPLE = {
    Role.seeder: (6, 10, 0, 0),
    Role.amplifier: (1, 13, 0, 2),
    Role.commenter: (1, 13, 2, 0),
    Role.hijacker: (3, 12, 1, 0),
    Role.sleeper: (3, 13, 0, 0),
    Role.handler: (3, 12, 0, 1),
}
_FILLED_ONCE = 10  # of sixteen bursts, those that fill the slots of their template once for all posts; assumed
# Posts with a tag and with a link, of sixteen, of accounts that do not overlap; after the populations that
# campaign.feeds names (url_share, hashtag_share).
_TAG_SIXTEENTHS = {TextMode.verbatim: 7, TextMode.slots: 7, TextMode.synonyms: 6, TextMode.paraphrase: 4}
_LINK_SIXTEENTHS = {TextMode.verbatim: 15, TextMode.slots: 15, TextMode.synonyms: 13, TextMode.paraphrase: 13}
_QUIET_TAGS, _QUIET_LINKS = 3, 2  # of sixteenths, by accounts that overlap with people; assumed


def draw_actions(team: Team, roles: NDArray[np.uint8], draws: NDArray[np.int64], *, mixes: bool) -> NDArray[np.int8]:
    """Return the action of each item from its squad's own shares or its account's role, and a 32-bit draw."""
    if team.actions:
        return _own_actions(team.actions, draws)
    shares = _ACTIONS_AMONG_PEOPLE if mixes else _ACTIONS_OF_ROLE
    table = np.asarray([np.repeat(np.arange(4), shares[role]) for role in Role], np.int8)
    actions: NDArray[np.int8] = table[roles, draws >> 28]
    return actions


def _own_actions(shares: Mapping[Action, float], draws: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the action of each item from a squad's own shares and a 32-bit draw."""
    ends = np.rint(np.cumsum(list(shares.values())) * (1 << 16)).astype(np.int64)
    place = np.minimum(np.searchsorted(ends, draws >> 16, side="right"), len(ends) - 1)
    actions: NDArray[np.int8] = np.asarray(list(shares), np.int8)[place]
    return actions


def put_words(
    scenario: Scenario, phrasebook: Phrasebook, push: PlannedPush, orders: NDArray[np.void],
    shared: NDArray[np.uint64], dials: Dials, languages: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Fill in manuscript, mode and deletion of each command."""
    claim = scenario.narratives[push.narrative].claim
    manuscripts = np.asarray(phrasebook.manuscripts(claim), np.int16)
    orders["content"] = manuscripts[(shared % np.uint64(len(manuscripts))).astype(np.int64)]
    orders["comment"] = phrasebook.content_code(f"claim.{claim}.comment")
    orders["narrative"] = tuple(scenario.narratives).index(push.narrative)
    orders["mode"] = int(dials.text_mode)
    orders["stance"], orders["flags"] = -1, layout.BRAND | layout.MANUSCRIPT
    orders["language"] = languages
    orders["delete_after_s"] = int((dials.delete_after_minutes or 0.0) * 60)


def put_modes(orders: NDArray[np.void]) -> None:
    """Fill the slots of a template once for most bursts; let quotes, and reposts that find no target, say it otherwise.

    0.94 of a real fast squad's posts that are copied within an hour are copied within ten minutes (real_facts:
    cotweet_posts_10min and _1h, IRA right-wing originals).
    """
    is_filled_once = (orders["shared_key"] >> np.uint64(60)) < _FILLED_ONCE
    orders["mode"][is_filled_once & (orders["mode"] == TextMode.slots)] = TextMode.verbatim
    orders["mode"][(orders["action"] == layout.REPOST) | (orders["action"] == layout.QUOTE)] = TextMode.paraphrase


def put_own_words(phrasebook: Phrasebook, claim: str, orders: NDArray[np.void]) -> None:
    """Let accounts that overlap with people say the claim as people do, and in two of three bursts find other faults.

    A burst still shares one subject, hashtag and link, so that accounts are alike without any one being odd.
    """
    faults = np.asarray([phrasebook.content_code(f"brand.{aspect}.against") for aspect in phrasebook.aspects], np.int16)
    draws = orders["shared_key"] >> np.uint64(33)
    is_general = draws % np.uint64(3) != 0
    fault = faults[(draws // np.uint64(3) % np.uint64(len(faults))).astype(np.int64)]
    orders["content"] = np.where(is_general, fault, phrasebook.content_code(f"claim.{claim}.organic"))
    orders["comment"][is_general] = phrasebook.content_code("reply.against")
    orders["comment"][is_general & (orders["action"] == layout.QUOTE)] = phrasebook.content_code("quote.against")


def put_references(
    seed: int,
    phrasebook: Phrasebook,
    push: PlannedPush,
    orders: NDArray[np.void],
    dials: Dials,
    *,
    is_overlapping: bool,
) -> None:
    """Give a part of the commands the narrative's hashtag, and a part the push's link."""
    tag = int(draw_keys(seed, Purpose.hashtag, name_key(push.operator, push.narrative))) % len(phrasebook.tag_table)
    link = int(draw_keys(seed, Purpose.hashtag, name_key(push.operator, push.name))) % len(phrasebook.url_table)
    tag = BRAND_TAG if push.hashtag == "brand" else tag
    draws = draw_rows(seed, Purpose.hashtag, orders["key"], 1).astype(np.int64) >> 28
    tags, links = _TAG_SIXTEENTHS[dials.text_mode], _LINK_SIXTEENTHS[dials.text_mode]
    if is_overlapping:
        tags, links = _QUIET_TAGS, _QUIET_LINKS
    tags = 16 if push.hashtag else tags
    orders["forced_tag"] = np.where(draws[:, 0] < tags, tag, layout.NONE)
    orders["forced_url"] = np.where(draws[:, 1] < links, link, layout.NONE)
