"""The plain way: one mesa.Agent an account, an hour a step; posting, feed and reposting only.

It takes population, graph and rates from the same scenario, and leaves out everything else that the
compiled kernels do: events, campaigns, replies, likes, threads, trends, attitudes, moderation, text and files.
"""

from collections import deque
from typing import TYPE_CHECKING

import mesa

from simulator.network import build_follow_graph
from simulator.population import build_population

if TYPE_CHECKING:
    from simulator.scenario import Scenario

_ONE = 65_536
_HOURS = 24
# Newest posts of each account that its followers may still see.
_KEPT_POSTS = 5


class PlainAccount(mesa.Agent):  # type: ignore[misc]
    """One account: opens sessions, reads what those it follows posted, posts and reposts."""

    def __init__(self, model: "PlainWorld", sessions_a_day: float, originals_a_session: float) -> None:
        super().__init__(model)
        self.session_share = min(sessions_a_day / _HOURS, 1.0)
        self.original_share = min(originals_a_session, 1.0)
        self.followees: list[PlainAccount] = []
        self.recent: deque[tuple[int, int, int]] = deque(maxlen=_KEPT_POSTS)
        self.seen: set[int] = set()

    def step(self) -> None:
        """Live an hour."""
        if self.random.random() < self.session_share:
            self.read_feed()
            if self.random.random() < self.original_share:
                self.publish(self.model.next_post(), 0)

    def read_feed(self) -> None:
        """See the best unseen posts of followees, by recency and popularity, and repost some."""
        model = self.model
        unseen = [
            (model.popularity[post] / (1 + model.hour - hour), post)
            for followee in self.followees
            for hour, post, _ in followee.recent
            if hour >= model.hour - model.memory_hours and post not in self.seen
        ]
        unseen.sort(reverse=True)
        for _, post in unseen[: model.items_per_session]:
            model.n_exposures += 1
            self.seen.add(post)
            if self.random.random() < model.repost_share:
                model.popularity[post] += 1
                model.n_posts += 1
                self.publish(post, 1)

    def publish(self, post: int, kind: int) -> None:
        """Show a post to one's followers."""
        self.recent.append((self.model.hour, post, kind))
        self.seen.add(post)
        self.model.rows.append((self.model.hour, self.unique_id, post, kind))


class PlainWorld(mesa.Model):  # type: ignore[misc]
    """All accounts of a scenario as agents.

    Attributes
    ----------
    n_posts, n_exposures : int
        Posts and reposts written, and items shown.
    rows : list of (hour, account, post, kind)
    """

    def __init__(self, scenario: "Scenario", seed: int) -> None:
        super().__init__(seed=seed)
        population = build_population(scenario, seed)
        graph = build_follow_graph(scenario, population, seed)
        accounts = population.accounts
        self.n_hours = scenario.n_days * _HOURS
        self.items_per_session = round(scenario.feed.items_per_session)
        self.memory_hours = scenario.feed.memory_hours
        self.repost_share = scenario.reaction.repost_share
        self.hour = 0
        self.n_posts = self.n_exposures = 0
        self.popularity: list[int] = []
        self.rows: list[tuple[int, int, int, int]] = []
        members = [
            PlainAccount(self, sessions / _ONE, originals / _ONE)
            for sessions, originals in zip(accounts.sessions_q16.tolist(), accounts.originals_q16.tolist(), strict=True)
        ]
        bounds, followees = graph.indptr.tolist(), graph.followees.tolist()
        for row, account in enumerate(members):
            account.followees = [members[place] for place in followees[bounds[row] : bounds[row + 1]]]

    def next_post(self) -> int:
        """Return the number of a new original."""
        self.popularity.append(1)
        self.n_posts += 1
        return len(self.popularity) - 1

    def step(self) -> None:
        """Live an hour."""
        self.agents.shuffle_do("step")
        self.hour += 1

    def run(self) -> None:
        """Live all hours."""
        for _ in range(self.n_hours):
            self.step()
