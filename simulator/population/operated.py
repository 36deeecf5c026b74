"""Operated accounts: how an operator's stock, batches and dials make the columns of its squads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.population.columns import NEVER, NO_BOUND, NO_CODE
from simulator.population.laws import (
    I64,
    U32,
    below,
    choose,
    scale_u32,
    scale_wide,
    split_largest_remainder,
    thresholds,
)
from simulator.population.lives import DAY_MS, HOUR_MS, Columns, LifeLaws, draw_lives, draw_words
from simulator.random_streams import Purpose, draw_u64, name_key
from simulator.scenario.dials import Dials
from simulator.scenario.models import Operator, Scenario, Squad
from simulator.vocabulary import Language, Segment, Stock

U64 = NDArray[np.uint64]

# Segments whose lives stolen, bought and blended accounts lead, and those that bulk accounts imitate.
_LIVED = (Segment.casual, Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer)
_IMITATED = (Segment.casual, Segment.critic, Segment.customer)
_BULK_CLIENTS = (4, 34, 38, 2, 8, 14)  # weights of Client codes on phone farms and browser farms, assumed
_CYBORG_CLIENTS = (24, 26, 24, 4, 16, 6)
_CYBORG_ATTITUDE = -0.25  # people who lend their account dislike the target, assumed
_LEAST_AGE_OF_STOLEN_MS = 120 * DAY_MS
_ACCOUNTS_PER_BURST = 60
_BURST_DAYS = (3, 40)  # a burst precedes its batch by so many days, assumed
_SPREAD_DAYS = (2, 160)  # accounts registered one by one, assumed
_BUSIER_Q16 = round(1.5 * 65536)  # originals of overlapping bulk-created accounts by those of people, assumed
_MOST_PUSHED_Q16 = round(0.6 * 65536)  # of an overlapping account's items, assumed
_BURST_GAP_MS = (4_000, 45_000)  # between registrations in a burst, assumed


@dataclass(frozen=True, slots=True)
class SquadPlan:
    """One squad with all that its accounts depend on, resolved."""

    operator_name: str
    squad_name: str
    operator_code: int
    squad_code: int
    n_accounts: int
    operator: Operator
    squad: Squad
    stock: Mapping[Stock, float]
    dials: Dials
    batch_limits: U64
    batch_times_ms: I64
    office_zone: int

    @property
    def path(self) -> tuple[str, str, str]:
        """Name of the squad in keys."""
        return "operator", self.operator_name, self.squad_name

    def dial(self, name: str) -> float:
        """Return a dial as a number."""
        return float(getattr(self.dials, name))


def plan_squads(scenario: Scenario, zones: tuple[str, ...]) -> list[SquadPlan]:
    """Return every squad of a scenario in order, with its number of accounts."""
    plans: list[SquadPlan] = []
    for code, (operator_name, operator) in enumerate(scenario.operators.items()):
        counts = split_largest_remainder(operator.accounts, {n: s.share for n, s in operator.squads.items()}, least=1)
        batches = list(operator.batches.values())
        times = [scenario.at(batch.time) for batch in batches] or [scenario.start_ms]
        limits = thresholds([batch.share for batch in batches] or [1.0])
        for (squad_name, squad), n_accounts in zip(operator.squads.items(), counts, strict=True):
            plan = SquadPlan(
                operator_name=operator_name,
                squad_name=squad_name,
                operator_code=code,
                squad_code=len(plans),
                n_accounts=n_accounts,
                operator=operator,
                squad=squad,
                stock=scenario.stock(operator_name, squad_name),
                dials=scenario.dials(operator_name, squad_name),
                batch_limits=limits,
                batch_times_ms=np.array(times, np.int64),
                office_zone=zones.index(operator.office.zone),
            )
            plans.append(plan)
    return plans


def draw_squad(plan: SquadPlan, laws: LifeLaws, seed: int) -> Columns:
    """Return every column but community, group and account_id of one squad's accounts."""
    keys = draw_u64(seed, Purpose.account_key, name_key(*plan.path), np.arange(plan.n_accounts, dtype=np.uint64))
    columns = draw_lives(laws, seed, keys, _draw_segments(plan, laws, seed, keys))
    n = plan.n_accounts
    stock = _deal(seed, keys, 0, {int(kind): share for kind, share in plan.stock.items()})
    columns["stock"] = stock
    columns["role"] = _deal(seed, keys, 1, {int(role): share for role, share in plan.squad.roles.items()})
    columns["operator"] = np.full(n, plan.operator_code, np.int16)
    columns["squad"] = np.full(n, plan.squad_code, np.int16)
    batch = choose(plan.batch_limits, draw_words(seed, Purpose.operator_stock, keys, 2)[0])
    columns["operated_from_ms"] = plan.batch_times_ms[batch]
    columns["active_until_ms"] = np.full(n, NEVER, np.int64)
    is_bulk = stock == Stock.bulk_created
    overlaps = _pick_share(seed, keys, 5, np.ones(n, np.bool_), round(n * plan.dial("overlap")))
    columns["overlap"] = overlaps.astype(np.uint8)
    _write_more(columns, is_bulk & overlaps)
    _bound_pushed(plan, seed, columns, is_bulk)
    _age_stolen(columns, ~is_bulk, seed)
    _make_bulk(plan, laws, seed, columns, is_bulk, batch)
    _turn_cyborgs(columns, stock == Stock.cyborg, seed)
    _camouflage(plan, seed, columns)
    return columns


def _draw_segments(plan: SquadPlan, laws: LifeLaws, seed: int, keys: U64) -> NDArray[np.uint8]:
    """Draw the segment whose life each account leads or imitates, by the organic shares."""
    lived = [segment for segment in _LIVED if segment in laws.present] or list(laws.present)
    imitated = [segment for segment in _IMITATED if segment in laws.present] or lived
    stock = _deal(seed, keys, 0, {int(kind): share for kind, share in plan.stock.items()})
    draws = draw_words(seed, Purpose.operator_stock, keys, 3)[0]
    weights = laws.shares
    pick_lived = np.array(lived, np.uint8)[choose(thresholds([weights[s] for s in lived]), draws)]
    pick_imitated = np.array(imitated, np.uint8)[choose(thresholds([weights[s] for s in imitated]), draws)]
    return np.where(stock == Stock.bulk_created, pick_imitated, pick_lived).astype(np.uint8)


def _deal(seed: int, keys: U64, occasion: int, shares: Mapping[int, float]) -> NDArray[np.uint8]:
    """Deal codes to accounts by largest remainder, in an order drawn by key."""
    order = np.argsort(draw_u64(seed, Purpose.operator_stock, keys, occasion), kind="stable")
    counts = split_largest_remainder(len(keys), list(shares.values()))
    dealt = np.empty(len(keys), np.uint8)
    dealt[order] = np.repeat(np.array(list(shares), np.uint8), counts)
    return dealt


def _pick_share(seed: int, keys: U64, occasion: int, allowed: NDArray[np.bool_], n_picked: int) -> NDArray[np.bool_]:
    """Pick `n_picked` of the allowed rows, or all of them, in an order drawn by key."""
    rows = np.flatnonzero(allowed)
    order = np.argsort(draw_u64(seed, Purpose.operator_stock, keys[rows], occasion), kind="stable")
    picked = np.zeros(len(keys), np.bool_)
    picked[rows[order[:n_picked]]] = True
    return picked


def _age_stolen(columns: Columns, is_stolen: NDArray[np.bool_], seed: int) -> None:
    """Make sure that accounts with a past have one: created months before they were taken over."""
    latest = columns["operated_from_ms"] - _LEAST_AGE_OF_STOLEN_MS
    spread = scale_u32(draw_words(seed, Purpose.operator_stock, columns["key"], 4)[0], 500) * DAY_MS
    created = columns["created_ms"]
    moved = (latest - spread) // DAY_MS * DAY_MS - DAY_MS + created % DAY_MS  # keeps the hour of the day
    columns["created_ms"] = np.where(is_stolen & (created > latest), moved, created)
    columns["active_from_ms"] = columns["created_ms"]


def _make_bulk(
    plan: SquadPlan, laws: LifeLaws, seed: int, columns: Columns, is_bulk: NDArray[np.bool_], batch: I64
) -> None:
    """Give bulk-created accounts no life of their own, and the marks of mass registration as far as the dials say."""
    n_bulk = int(is_bulk.sum())
    keys = columns["key"]
    overlaps = columns["overlap"] == 1
    plain = is_bulk & ~overlaps
    n_aged = round(int((is_bulk & overlaps).sum()) * plan.dial("age_overlap"))
    young = is_bulk & ~_pick_share(seed, keys, 13, is_bulk & overlaps, n_aged)
    in_burst = _pick_share(seed, keys, 6, young, round(n_bulk * plan.dial("creation_burst_share")))
    patterned = _pick_share(seed, keys, 7, plain, round(n_bulk * plan.dial("name_pattern_share")))
    first, second, third, fourth = draw_words(seed, Purpose.operator_stock, keys, 8)
    columns["segment"] = np.where(is_bulk, NO_CODE, columns["segment"]).astype(np.uint8)
    columns["pattern_key"] = np.where(patterned, _pattern_keys(plan, seed, batch), 0).astype(np.uint64)
    columns["client"] = np.where(plain, choose(thresholds(_BULK_CLIENTS), first), columns["client"]).astype(np.uint8)
    chinese = below(second, plan.squad.chinese_share)
    language = np.where(chinese, Language.zh, Language.en)
    columns["language"] = np.where(plain, language, columns["language"]).astype(np.uint8)
    columns["zone"] = np.where(plain, plan.office_zone, columns["zone"]).astype(np.uint8)
    columns["verified"] = np.where(plain, 0, columns["verified"]).astype(np.uint8)
    created = columns["created_ms"]
    alone = _register_alone(columns["operated_from_ms"], third, fourth)
    created = np.where(young | (created >= columns["operated_from_ms"]) & is_bulk, alone, created)
    columns["created_ms"] = np.where(in_burst, _register_in_bursts(plan, laws, seed, columns, in_burst, batch), created)
    columns["active_from_ms"] = np.where(is_bulk, columns["operated_from_ms"], columns["active_from_ms"])


def _pattern_keys(plan: SquadPlan, seed: int, batch: I64) -> U64:
    """Return the key of each account's name pattern: one a squad and batch."""
    return draw_u64(seed, Purpose.profile, name_key(*plan.path, "pattern"), batch.astype(np.uint64)) | np.uint64(1)


def _register_alone(bought_ms: I64, day: U32, hour: U32) -> I64:
    """Return registrations spread over the months before the purchase, denser near it."""
    near, far = (days * DAY_MS for days in _SPREAD_DAYS)
    share = scale_u32(day, 1 << 16)
    before = near + ((far - near) >> 16) * (share * share >> 16)
    return bought_ms - before - scale_wide(hour, DAY_MS)


def _register_in_bursts(
    plan: SquadPlan, laws: LifeLaws, seed: int, columns: Columns, in_burst: NDArray[np.bool_], batch: I64
) -> I64:
    """Return registrations in bursts of about sixty accounts, minutes long, in office hours before the purchase."""
    created = columns["created_ms"].copy()
    gaps = _BURST_GAP_MS[0] + scale_u32(
        draw_words(seed, Purpose.operator_stock, columns["key"], 9)[0], _BURST_GAP_MS[1]
    )
    for number in range(len(plan.batch_times_ms)):
        rows = np.flatnonzero(in_burst & (batch == number))
        burst = np.arange(len(rows)) // _ACCOUNTS_PER_BURST
        subject = name_key(*plan.path, "burst", number)
        blocks = draw_words(seed, Purpose.creation, np.full(len(rows), subject, np.uint64), burst.astype(np.uint64))
        starts = _office_time(plan, laws, int(plan.batch_times_ms[number]), blocks)
        elapsed = np.cumsum(gaps[rows])
        created[rows] = starts + elapsed - elapsed[burst * _ACCOUNTS_PER_BURST] if len(rows) else starts
    return created


def _office_time(plan: SquadPlan, laws: LifeLaws, bought_ms: int, blocks: tuple[U32, U32, U32, U32]) -> I64:
    """Return moments in the office's hours some days before a purchase."""
    office = plan.operator.office
    days = _BURST_DAYS[0] + scale_u32(blocks[0], _BURST_DAYS[1] - _BURST_DAYS[0])
    offset = int(laws.zone_offsets_ms[plan.office_zone])
    midnight = (bought_ms + offset) // DAY_MS * DAY_MS - offset
    worked_ms = (office.end_hour - office.start_hour) % 24 or 24
    return midnight - days * DAY_MS + office.start_hour * HOUR_MS + scale_u32(blocks[1], worked_ms * HOUR_MS)


def _turn_cyborgs(columns: Columns, is_cyborg: NDArray[np.bool_], seed: int) -> None:
    """Give half-automated accounts a scheduler now and then, and a dislike of the target."""
    draws = draw_words(seed, Purpose.operator_stock, columns["key"], 10)[0]
    columns["client"] = np.where(is_cyborg, choose(thresholds(_CYBORG_CLIENTS), draws), columns["client"]).astype(
        np.uint8
    )
    shifted = np.maximum(columns["attitude"] + round(_CYBORG_ATTITUDE * 65536), -65536)
    columns["attitude"] = np.where(is_cyborg, shifted, columns["attitude"]).astype(np.int32)


def _write_more(columns: Columns, is_busier: NDArray[np.bool_]) -> None:
    """Let accounts write more originals than people do: those made for a campaign are kept up to be seen."""
    busier = columns["originals_q16"].astype(np.int64) * _BUSIER_Q16 >> 16
    columns["originals_q16"] = np.where(is_busier, busier, columns["originals_q16"]).astype(np.int32)


def _bound_pushed(plan: SquadPlan, seed: int, columns: Columns, is_bulk: NDArray[np.bool_]) -> None:
    """Bound what overlapping accounts push by what they write themselves, as unequally as people talk of brands.

    The share of an account is 3 u^2 times the mean, u even: many hardly talk of the brand and a few do it often.
    Those without a past write nothing else of the brand, so that the pushed items are all of their talk.
    """
    draws = draw_words(seed, Purpose.operator_stock, columns["key"], 12)[0].astype(np.int64) >> 16
    mean_q16 = round(plan.dial("campaign_share") * 65536)
    share_q16 = np.minimum(3 * mean_q16 * (draws * draws >> 16) >> 16, _MOST_PUSHED_Q16)
    overlaps = columns["overlap"] == 1
    own_talk_q16 = np.where(overlaps & is_bulk, 0, columns["brand_talk_q16"]).astype(np.int32)
    share_q16 = np.maximum(share_q16 - own_talk_q16, share_q16 >> 2)
    own_q16 = columns["sessions_q16"].astype(np.int64) * columns["originals_q16"] >> 16
    bound = own_q16 * share_q16 // (65536 - share_q16)
    columns["pushed_q16"] = np.where(overlaps, np.minimum(bound, 1 << 30), NO_BOUND).astype(np.int32)
    columns["brand_talk_q16"] = own_talk_q16


def _camouflage(plan: SquadPlan, seed: int, columns: Columns) -> None:
    """Let a share of the bulk and bought accounts live on while operated; other bulk accounts have no life."""
    stock = columns["stock"]
    lifeless = (stock == Stock.bulk_created) | (stock == Stock.purchased_aged)
    n_camouflaged = round(int(lifeless.sum()) * plan.dial("camouflage_share"))
    camouflaged = _pick_share(seed, columns["key"], 11, lifeless, n_camouflaged)
    columns["camouflage"] = camouflaged.astype(np.uint8)
    silent = (stock == Stock.bulk_created) & ~camouflaged
    for name in ("sessions_q16", "originals_q16"):
        columns[name] = np.where(silent, 0, columns[name]).astype(np.int32)
