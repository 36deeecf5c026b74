"""The labels: what every account, post, like, push, exposure and attitude of a world really was."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator import schema
from simulator.kernels.layout import rally_of_push
from simulator.model import DayLog, World
from simulator.observations import DayItems, ids, instants, post_ids, table_of, words
from simulator.population import NO_CODE
from simulator.processes.lives import operated_until
from simulator.rhythm import DAY_MS
from simulator.vocabulary import TECHNIQUE_BY_ROLE, TECHNIQUE_BY_TACTIC, Role, Segment, Source, Stock, Tactic

_HOUR_MS = 3_600_000
_ONE = 65_536
_HOSTILE_FROM = -_ONE // 2
_AUTOMATED = (Segment.news_bot, Segment.deal_bot, Segment.spam_bot)
_TECHNIQUES = sorted({*TECHNIQUE_BY_TACTIC.values(), *(name for name in TECHNIQUE_BY_ROLE.values() if name)})


class TruthRecorder:
    """Turns a world's days into truth tables; keeps what only the end of the run can tell."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account_ids = world.population.accounts.account_id
        self.narratives = list(world.scenario.narratives)
        self.rallies = list(world.scenario.rallies)
        tactics = [world.scenario.narratives[push.narrative].tactic for push in world.pushes]
        self.tactic_of_push = np.asarray(tactics, np.int16)
        self._members: list[NDArray[np.int64]] = []
        self._n_posts = np.zeros(len(world.pushes), np.int64)

    def accounts(self) -> pa.Table:
        """Return what every account really is, ordered by id; complete at the end of the run."""
        world, accounts = self.world, self.world.population.accounts
        order = np.argsort(accounts.account_id)
        operated = (accounts.operator >= 0) & (not world.is_twin)
        until = operated_until(world.scenario, world.population)
        organic = accounts.operator < 0
        automated = np.isin(accounts.segment, _AUTOMATED) | (operated & (accounts.stock != Stock.cyborg))
        hostile = operated | (organic & (accounts.attitude < _HOSTILE_FROM))
        squads = [f"{operator}.{name}" for operator, name in world.population.squads]
        return table_of(
            schema.TRUTH_ACCOUNTS,
            account_id=ids(accounts.account_id[order]),
            segment=words(accounts.segment[order], [s.name for s in Segment], accounts.segment[order] == NO_CODE),
            operated=pa.array(operated[order]),
            operated_from=instants(accounts.operated_from_ms[order], ~operated[order]),
            operated_until=instants(until[order], (~operated | (until >= world.scenario.end_ms))[order]),
            coordinated=pa.array((operated | (organic & (accounts.group >= 0)))[order]),
            automated=pa.array(automated[order]),
            hostile=pa.array(hostile[order]),
            group_id=ids(accounts.group[order], accounts.group[order] < 0, pa.int32()),
            operator_id=words(accounts.operator[order], list(world.population.operators), organic[order]),
            squad_id=words(accounts.squad[order], squads, organic[order]),
            role=words(accounts.role[order], [role.name for role in Role], organic[order]),
            stock=words(accounts.stock[order], [stock.name for stock in Stock], organic[order]),
            campaign_exposures=ids(world.state.accounts["campaign_exposures"][order], kind=pa.int32()),
        )

    def posts(self, items: DayItems) -> pa.Table:
        """Return the labels of the day's posts, in the order of the posts table."""
        hot, cold = items.hot, items.cold
        push = cold["push"]
        self._count(push, hot["author"])
        free = push < 0
        tactic, technique = self._tactics(push, cold["action"])
        return table_of(
            schema.TRUTH_POSTS,
            post_id=ids(cold["post_id"]),
            push_id=ids(push, free, pa.int32()),
            rally_id=words(rally_of_push(push), self.rallies, rally_of_push(push) < 0),
            root_push_id=ids(hot["root_push"], hot["root_push"] < 0, pa.int32()),
            narrative_id=words(hot["narrative"], self.narratives, hot["narrative"] < 0),
            tactic=words(tactic, [tactic.name for tactic in Tactic], free),
            technique=words(technique, _TECHNIQUES, free),
            manuscript_id=ids(cold["manuscript"], cold["manuscript"] < 0, pa.int32()),
            stance=ids(hot["stance"], kind=pa.int8()),
        )

    def _tactics(self, push: NDArray[np.int16], roles: NDArray[np.int8]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Return tactic and technique codes of each item; meaningless where it has no push."""
        if not len(self.tactic_of_push):
            return np.zeros(len(push), np.int16), np.zeros(len(push), np.int16)
        tactic = self.tactic_of_push[np.maximum(push, 0)]
        table = np.asarray(
            [
                [_TECHNIQUES.index(TECHNIQUE_BY_ROLE[role] or TECHNIQUE_BY_TACTIC[kind]) for kind in Tactic]
                for role in Role
            ],
            np.int16,
        )
        return tactic, table[np.maximum(roles, 0), tactic]

    def _count(self, push: NDArray[np.int16], author: NDArray[np.int32]) -> None:
        pushed = push >= 0
        self._n_posts += np.bincount(push[pushed], minlength=len(self._n_posts)).astype(np.int64)
        pairs = push[pushed].astype(np.int64) * len(self.account_ids) + author[pushed]
        self._members.append(np.unique(pairs))

    def likes(self, log: DayLog) -> pa.Table:
        """Return the day's commanded likes."""
        likes = log.likes[log.likes[:, 3] >= 0]
        self._members.append(np.unique(likes[:, 3] * len(self.account_ids) + likes[:, 1]))
        return table_of(
            schema.TRUTH_LIKES,
            account_id=ids(self.account_ids[likes[:, 1]]),
            post_id=ids(post_ids(self.world, likes[:, 2])),
            push_id=ids(likes[:, 3], kind=pa.int32()),
        )

    def exposures(self, log: DayLog) -> pa.Table:
        """Return the day's exposures by hour, push or narrative, and segment."""
        hour, group, segment = np.nonzero(log.exposures[..., 0])
        cells = log.exposures[hour, group, segment].astype(np.int64)
        n_pushes = len(self.world.pushes)
        organic = group >= n_pushes
        names = np.asarray([self.narratives.index(push.narrative) for push in self.world.pushes], np.int64)
        of_push = np.concatenate([names, np.arange(-1, len(self.narratives))])
        narrative = of_push[group]
        tactic, _ = self._tactics(np.where(organic, 0, group).astype(np.int16), np.zeros(len(group), np.int8))
        start = self.world.scenario.start_ms + log.day * DAY_MS
        return table_of(
            schema.TRUTH_EXPOSURES,
            hour=instants(start + hour * _HOUR_MS),
            push_id=ids(group, organic, pa.int32()),
            narrative_id=words(narrative, self.narratives, narrative < 0),
            tactic=words(tactic, [tactic.name for tactic in Tactic], organic),
            segment=words(segment, [segment.name for segment in Segment]),
            exposures=ids(cells[:, 0]),
            first_exposures=ids(cells[:, 1]),
            first_campaign_exposures=ids(cells[:, 2]),
        )

    def attitudes(self, log: DayLog) -> pa.Table:
        """Return the attitudes at the day's end: floats only as aggregates of integer sums."""
        present = np.flatnonzero(log.attitudes[:, 0])
        sums = log.attitudes[present].astype(np.float64)
        count, mean = sums[:, 0], sums[:, 1] / sums[:, 0] / _ONE
        square = sums[:, 2] / count / (_ONE >> 8) ** 2
        end = self.world.scenario.start_ms + (log.day + 1) * DAY_MS
        return table_of(
            schema.TRUTH_ATTITUDES,
            day=instants(np.full(len(present), end, np.int64)),
            segment=words(present, [segment.name for segment in Segment]),
            mean=pa.array(mean),
            variance=pa.array(np.maximum(square - mean**2, 0.0)),
            share_negative=pa.array(sums[:, 3] / count),
            polarisation=pa.array(sums[:, 4] / count),
            hostility=pa.array(sums[:, 5] / count / _ONE),
        )

    def exposure_log(self, log: DayLog) -> pa.Table:
        """Return every exposure of the day."""
        return table_of(
            schema.TRUTH_EXPOSURE_LOG,
            account_id=ids(self.account_ids[log.logged[:, 1]]),
            post_id=ids(post_ids(self.world, log.logged[:, 2])),
            shown_at=instants(log.logged[:, 0] + self.world.scenario.start_ms),
            source=words(log.logged[:, 3], [source.name for source in Source]),
        )

    def pushes(self) -> pa.Table:
        """Return every push as planned and as carried out."""
        world, pushes = self.world, self.world.pushes
        pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *self._members]))
        members = np.bincount(pairs // max(len(self.account_ids), 1), minlength=len(pushes))
        operators = list(world.scenario.operators)
        return table_of(
            schema.TRUTH_PUSHES,
            push_id=ids(np.arange(len(pushes)), kind=pa.int32()),
            name=pa.array([f"{push.operator}.{push.name}" for push in pushes], pa.string()),
            wave_id=ids(np.asarray([push.wave_id for push in pushes], np.int64), kind=pa.int32()),
            operator_id=words(np.asarray([operators.index(push.operator) for push in pushes], np.int64), operators),
            narrative_id=words(
                np.asarray([self.narratives.index(push.narrative) for push in pushes], np.int64), self.narratives
            ),
            tactic=words(self.tactic_of_push, [tactic.name for tactic in Tactic]),
            start=instants(np.asarray([push.start_ms for push in pushes], np.int64)),
            end=instants(np.asarray([push.end_ms for push in pushes], np.int64)),
            squads=pa.array([list(push.squads) for push in pushes], pa.list_(pa.field("element", pa.string()))),
            n_posts=ids(self._n_posts),
            n_accounts=ids(members.astype(np.int64)),
        )
