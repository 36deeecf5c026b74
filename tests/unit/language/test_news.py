"""Articles of the day: strangers share a link while it lives, as much the more the more they link, and no longer."""

import numpy as np
import pytest

from simulator.language.news import plan_news
from tests import tiny_texts
from tests.tiny_texts import batch_of, phrasebook, written

N_ROWS = 3_000
WEEK_MS = 7 * 86_400_000


def links(link: int = 255, **columns: object) -> list[str | None]:
    """Return the link of each of many everyday posts by people of one linking habit."""
    styles = tiny_texts.habits()
    styles["link"] = link
    rows = batch_of(N_ROWS, content=phrasebook().topics[0], **columns)
    return [urls[0] if urls else None for urls in written(rows, styles)[2]]


def shared(found: list[str | None]) -> float:
    """Return the share of links that another post has too."""
    urls, counts = np.unique([url for url in found if url], return_counts=True)
    assert len(urls)
    return float(counts[counts > 1].sum() / counts.sum())


def test_posts_of_one_moment_share_links_and_those_of_distant_weeks_do_not() -> None:
    assert shared(links(time=5 * WEEK_MS)) > 0.9
    assert shared(links(time=np.arange(N_ROWS) * 4 * WEEK_MS)) < 0.02


def test_those_who_link_little_pass_on_little_news() -> None:
    assert shared(links(40, time=5 * WEEK_MS)) < 0.2 < shared(links(255, time=5 * WEEK_MS))


def test_languages_have_articles_of_their_own() -> None:
    english, chinese = ({url for url in links(time=WEEK_MS, lang=language) if url} for language in (0, 1))
    assert not english & chinese


def test_what_is_said_of_the_brand_leads_to_no_article() -> None:
    styles = tiny_texts.habits()
    styles["link"] = 255
    rows = batch_of(N_ROWS, content=phrasebook().content_code("brand.price.against"), time=5 * WEEK_MS)
    assert shared([urls[0] if urls else None for urls in written(rows, styles)[2]]) < 0.1


@pytest.mark.parametrize("n_accounts", [1, 4_000, 40_000])
def test_larger_worlds_have_as_many_more_articles(n_accounts: int) -> None:
    lives, usual = plan_news(n_accounts), plan_news(4_000)
    assert lives[:, :2].tolist() == usual[:, :2].tolist()
    assert lives[:, 2] == pytest.approx(np.maximum(usual[:, 2] * n_accounts / 4_000, 1), abs=0.5)
