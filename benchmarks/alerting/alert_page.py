"""The page for the launch meeting: one sheet that says which rules to keep, what they cost, and what not to conclude.

Self-contained: no script, no network. Everything that comes from users' files is escaped.
"""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from benchmarks.alerting.plain_names import show_plainly
from benchmarks.alerting.rule_verdicts import (
    BUDGET_PER_DAY,
    JudgedRule,
    Verdict,
    count_false,
    join_rules,
    judge_rules,
)

Found = dict[str, Any]
# Rules with their summary, rules at all, and rules in the answer that a sheet of A4 holds (assumed).
_MOST_SUMMARIES, _MOST_ROWS, _MOST_NAMED = 9, 20, 5
_SIGNS = {Verdict.keep: "✔", Verdict.quieten: "!", Verdict.drop: "✘", Verdict.silent: "–"}
NONE = "–"


def render_page(found: Found, picture: str | None, budget_per_day: float = BUDGET_PER_DAY) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    found : dict
        The document of ``smearbench alerts --json``.
    picture : str or None
        An ``<svg>`` element to show, trusted; None for none.
    budget_per_day : float
        How many false alarms a day a rule may raise to be kept.
    """
    judged = judge_rules(found, budget_per_day)
    style = (files("benchmarks.alerting") / "alert_page.css").read_text(encoding="utf-8")
    parts = [
        _render_head(found, judged),
        _render_answer(found, judged, budget_per_day),
        _render_table(judged),
        _render_picture(found, picture),
        _render_limits(found, budget_per_day),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Will our alerts fire in time? (synthetic)</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def list_pictured(judged: Sequence[JudgedRule]) -> list[str]:
    """Return the names of the rules that the page's picture has room for, the first in the table's order."""
    return [one.rule["name"] for one in judged[: 8 if len(judged) <= _MOST_SUMMARIES else 4]]


def _render_head(found: Found, judged: Sequence[JudgedRule]) -> str:
    worlds = [world["dataset"] for world in found["worlds"]]
    scenarios = ", ".join(dict.fromkeys(_text(world["scenario"]) for world in worlds))
    n_waves, n_twins = found["rules"][0]["n_waves"], sum(found["twin_at_hand"])
    twins = _tell_twins(len(worlds), n_twins)
    waves = f"{n_waves:,} waves of posts by paid accounts" if n_waves else "no campaign: nothing was there to find"
    return (
        '<p class="synthetic">Synthetic data about a fictitious brand</p>\n'
        "<h1>Will our alerts fire in time?</h1>\n"
        f"<p>We tried {_count(len(judged), 'alert rule')} on {_count(len(worlds), 'simulated world')} of the scenario "
        f"<b>{scenarios}</b>, {twins}. There were {waves}.</p>\n"
    )


def _tell_twins(n_worlds: int, n_twins: int) -> str:
    if n_twins == n_worlds:
        whose = "with its twin" if n_worlds == 1 else "each with its twin"
        return f"{whose}, the same world without the campaign"
    return f"{n_twins} of them with a twin" if n_twins else "without a twin, which flatters every rule"


def _render_answer(found: Found, judged: Sequence[JudgedRule], budget: float) -> str:
    kept = [one.rule for one in judged if one.verdict == Verdict.keep]
    if not found["rules"][0]["n_waves"]:
        return f'<p class="answer">{len(kept)} of {len(judged)} rules stay within {budget:g} false alarms a day.</p>\n'
    if not kept:
        return '<p class="answer"><b>Keep none of these rules as it is.</b> The table says why.</p>\n'
    together = join_rules(found, kept)
    soon = "" if together.hours is None else f", half of them within <b>{_hours(together.hours)}</b>"
    shown = _percent(together.shown_share)
    names = ", ".join(f"<b>{_name(rule['name'])}</b>" for rule in kept[:_MOST_NAMED])
    more = f" and {len(kept) - _MOST_NAMED} more" if len(kept) > _MOST_NAMED else ""
    return (
        f'<p class="answer">Keep {names}{more}. Together they hear of <b>{together.n_detected:,} of '
        f"{together.n_waves:,}</b> waves{soon}. Until then people had been shown <b>{shown}</b> of what the campaign "
        f"showed them. Expect up to <b>{together.false_per_day:.1f}</b> false alarms a day.</p>\n"
    )


_COLUMNS = (
    ("Rule", "What it looks for"),
    ("Advice", ""),
    ("Waves heard of", "by chance"),
    ("After", "median"),
    ("Shown before", "of exposures"),
    ("False alarms", "a day"),
    ("Organic crises", "heard"),
)


def _render_table(judged: Sequence[JudgedRule]) -> str:
    shown = judged[:_MOST_ROWS]
    heads = "".join(f'<th scope="col">{head}<small>{below}</small></th>' for head, below in _COLUMNS)
    has_summaries = len(judged) <= _MOST_SUMMARIES
    rows = "".join(_render_row(one, has_summary=has_summaries) for one in shown)
    n_more = len(judged) - len(shown)
    more = f"<p><small>{n_more} more rules are in alerts.json.</small></p>\n" if n_more else ""
    return (
        '<div class="wide" role="region" aria-labelledby="rules" tabindex="0">\n'
        f"<table{'' if has_summaries else ' class=brief'}>\n"
        '<caption id="rules"><span>The rules, those to keep first, and what each did alone. In grey beside the '
        "waves: how many the same number of alerts would have met at random times.</span></caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n{more}"
    )


def _render_row(one: JudgedRule, *, has_summary: bool) -> str:
    rule = one.rule
    n_waves = rule["n_waves"]
    by_chance = (rule["random_detection_rate"] or 0.0) * n_waves
    waves = f"{rule['n_detected']:,} of {n_waves:,} <small>({by_chance:,.0f})</small>" if n_waves else NONE
    reason = f"<small>{one.reason}</small>" if has_summary else ""
    summary = f"<small>{_text(rule['summary'])}</small>" if has_summary else ""
    cells = (
        f'<span class="{one.verdict.name}">{_SIGNS[one.verdict]} {one.verdict.value}</span>{reason}',
        waves,
        _hours(rule["time_to_detect_hours"]),
        _percent(rule["exposure_share_at_detection"]),
        f"{count_false(rule):.2f}",
        f"{rule['n_crisis_episodes']:,}",
    )
    return f'<tr><th scope="row">{_name(rule["name"])}{summary}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>\n'


def _render_picture(found: Found, picture: str | None) -> str:
    if picture is None:
        return ""
    world = found["worlds"][0]["dataset"]
    return (
        f'<figure><div class="wide" tabindex="0" role="region" aria-label="Timeline">{picture}</div><figcaption>One of '
        f"the worlds, seed {world['seed']}: what was said of the brand, when the campaign's waves were, and when each "
        "rule fired.</figcaption></figure>\n"
    )


def _render_limits(found: Found, budget: float) -> str:
    settings, engine = found["settings"], found["engine"]
    sure = (
        "with their whole 95 % interval over worlds"
        if found["rules"][0]["intervals"]
        else ("by the figure alone, as there are fewer than five worlds: <b>not sure</b>")
    )
    return (
        "<section>\n<h2>How to read it</h2>\n<ul>\n"
        f"<li><b>Keep</b>: hears of more waves than the same alerts at random times, or sooner, {sure}; and raises at "
        f"most {budget:g} false alarms a day. <b>Too loud</b>: the first holds, the second does not; raise its "
        "threshold. <b>Drop</b>: chance does as well. <b>Silent</b>: never fired.</li>\n"
        "<li>An alert is true when it lies in a wave and the rule is silent in the twin at that time. False alarms "
        "are those of the world, or of the twin if more. An organic crisis is one without a paid operator, which you "
        f"would want to hear of. Alerts less than {settings['cooldown_hours']:g} h after a first one count as "
        "one.</li>\n"
        "</ul>\n<h2>What not to conclude</h2>\n<ul>\n"
        "<li>Brand, people, texts and campaign are made up. Real volumes, links and copies differ: test thresholds "
        "against your own history before the launch.</li>\n"
        "<li>It says how rules meet <i>this</i> kind of campaign, not how likely one is, nor who would be behind it. "
        "An alert is a reason to look, never proof against an account.</li>\n"
        "<li>Only what names the brand is counted.</li>\n</ul>\n"
        f'<p class="origin">smearbench {_text(found["software"]["smearbench"])}, engine {_text(engine["name"])} '
        f"{_text(engine['version'])}, a step every {found['step_minutes']} min, the first {settings['warm_up_days']:g} "
        f"days not scored, heard {settings['delay_minutes']:g} min after a step. All figures: alerts.json.</p>\n"
        "</section>\n"
    )


def _text(text: str) -> str:
    return escape(show_plainly(str(text)))


def _name(name: str) -> str:
    """Return a name that may be folded after an underscore."""
    return _text(name).replace("_", "_<wbr>")


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _hours(hours: float | None) -> str:
    if hours is None:
        return NONE
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.0f} %"
