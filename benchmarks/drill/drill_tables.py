"""What a drill says to people: the briefing before it, how far it is, and the reveal."""

import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from benchmarks.drill.drill_folder import Run, read_context
from benchmarks.replay.pacing import read_pace
from simulator.console import print_table

Found = dict[str, Any]
Say = Callable[[str], None]
_NONE = "-"
_WIDTH = 80


def brief(run: Run, say: Say) -> None:
    """Tell the team what they may know."""
    context = read_context(run)
    say(f"Drill (synthetic): {context['brand']} launches {context['product']}.")
    say(f"Rival: {context['rival']}.")
    say(
        textwrap.fill(f"Hashtags: {' '.join('#' + tag for tag in context['hashtags'])}", _WIDTH, subsequent_indent="  ")
    )
    say(f"The run: {_minute(run.drill.start_ms)} to {_minute(run.drill.until_ms)} (simulated, UTC),")
    say(f"  {_pace(run)}.")
    say("Announced events:")
    for event in context["events"]:
        say(f"  {event['time'][:16].replace('T', ' ')}  {event['name']} ({event['kind']})")
    say(f"Events arrive at: {run.drill.played.to}")
    say(f'When you are alerted:       smearbench drill alert {run.path} "what you see"')
    say("  and for a real crisis, with nobody behind it: --crisis")
    say(f"How far it is:              smearbench drill status {run.path}")
    say(f"Commitment to the truth:\n  {run.drill.commitment}")


def _pace(run: Run) -> str:
    played = run.drill.played
    if played.speed is not None:
        return f"{played.speed.removesuffix('x')} times as fast"
    return read_pace(None, played.rate).text


def _minute(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M}"


def print_status(found: Found) -> None:
    """Print how far a drill is."""
    print(f"{found['run']}: {found['stage']}")
    if found["simulated"] is not None:
        print(f"simulated time: {_short(found['simulated'], year=True)}, as of the last event that arrived")
    print(f"alerts noted:   {found['alerts']:,}")
    print(f"commitment:\n  {found['commitment']}")


def print_reveal(found: Found) -> None:
    """Print what was called, and what happened."""
    until = _short(found["played_until"], year=True)
    title = f"{found['scenario']} (synthetic), played until {until}"
    if found["waves"]:
        _print_waves(title, found["waves"])
    else:
        print(f"{title}: there was no attack")
    _print_crises(found["crises"])
    _print_false(found["calls"])
    print()
    print("\n".join([*_judge(found), f"seed: {found['seed']}"]))


def _print_waves(title: str, waves: list[Found]) -> None:
    columns = ("", "wave", "to", "called", "h late", "on clock", "shown", "by")
    rows = [(str(place), *_wave_row(wave)) for place, wave in enumerate(waves, 1)]
    print_table(title, columns, rows, texts=(0, 1, 2, 3, 7))
    print("Late: from the wave's start, simulated hours, and by your own clock.")
    print("Shown: share of the wave's exposures before you called; all where missed.\n")
    plots = [(str(place), _words(wave["tactics"]), _words(wave["narratives"])) for place, wave in enumerate(waves, 1)]
    print_table("What was pushed", ("", "tactics", "narratives"), plots, texts=(0, 1, 2))


def _words(names: list[str]) -> str:
    return ", ".join(names).replace("_", " ")


def _say_wait(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _wave_row(wave: Found) -> tuple[str, ...]:
    share, seconds = wave["exposure_share_before"], wave["seconds_late"]
    return (
        _short(wave["start"]),
        _short(wave["end"]),
        "missed" if wave["called"] is None else _short(wave["called"]),
        _number(wave["hours_late"]),
        _NONE if seconds is None else _say_wait(seconds),
        _NONE if share is None else f"{100 * share:.0f} %",
        wave["by"] or "",
    )


def _print_crises(crises: list[Found]) -> None:
    if crises:
        print()
        rows = [(_short(c["start"]), _short(c["end"]), c["taken_for"], _number(c["hours_late"])) for c in crises]
        print_table(
            "Real crises, with nobody behind them", ("from", "to", "taken for", "h late"), rows, texts=(0, 1, 2)
        )


def _print_false(calls: list[Found]) -> None:
    wrong = [call for call in calls if not call["in_wave" if call["kind"] == "attack" else "in_crisis"]]
    if wrong:
        print()
        rows = [
            (
                _short(c["time"]),
                c["kind"],
                "a crisis" if c["in_crisis"] else "an attack" if c["in_wave"] else "nothing",
                c["name"],
            )
            for c in wrong
        ]
        print_table("Called for something else", ("when", "as", "there was", "what was said"), rows, texts=(0, 1, 2, 3))


def _judge(found: Found) -> list[str]:
    """Return the verdict, a line each."""
    summary = found["summary"]
    lines = _judge_waves(summary) if summary["waves"] else []
    lines.append(f"{_plural(summary['false_calls'], 'false call')} of an attack.")
    if summary["crises"]:
        crises = _plural(summary["crises"], "real crisis", "real crises")
        lines.append(f"{summary['crises_rightly']} of {crises} called rightly.")
    if summary["crisis_calls_without_one"]:
        lines.append(f"{_plural(summary['crisis_calls_without_one'], 'crisis', 'crises')} called where there was none.")
    lines += _tell_outside(found["alerts"])
    if found["given_up"]:
        lines.append("Given up before the end: only what had come by then is judged.")
    return [f"Verdict: {lines[0]}", *(f"         {line}" for line in lines[1:])]


def _tell_outside(tally: Found) -> list[str]:
    """Return which alerts lie outside of what was played."""
    told = {
        "before_start": "before the first event arrived, not counted",
        "after_end": "after the last one, not counted",
        "in_pause": "while the drill stood still, counted where it stood",
    }
    return [f"{_plural(tally[name], 'alert')} {words}." for name, words in told.items() if tally[name]]


def _judge_waves(summary: Found) -> list[str]:
    waves = _plural(summary["waves"], "wave")
    lines = [
        f"{summary['called']} of {waves} called; the same calls at a random time: {summary['called_by_chance']:.1f}."
    ]
    if summary["median_hours_late"] is not None:
        lines.append(f"Those called: {summary['median_hours_late']:.1f} h late in the median.")
    if summary["exposure_share_before"] is not None:
        lines.append(
            f"{100 * summary['exposure_share_before']:.0f} % of exposures came before the call, a missed wave's all."
        )
    return lines


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _short(moment: str, *, year: bool = False) -> str:
    return moment[0 if year else 5 : 16].replace("T", " ")


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.1f}"
