"""What holds for every time and every launch."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.times import LaunchClock, When, to_ms, wall_ms

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
zones = st.sampled_from(ZONES).map(ZoneInfo)
walls = st.datetimes(datetime(1995, 1, 1), datetime(2095, 1, 1)).map(lambda wall: wall.replace(second=0, microsecond=0))
clocks = st.builds(LaunchClock, walls, zones)
shifts = st.integers(-3000, 3000)


@given(clocks, shifts)
def test_elapsed_time_is_exact(clock: LaunchClock, shift: int) -> None:
    assert When(f"T{shift:+d}m").resolve(clock) == clock.ms + shift * 60_000
    assert When(f"T{shift:+d}h").resolve(clock) == clock.ms + shift * 3_600_000


@given(clocks, shifts)
def test_calendar_days_are_days_give_or_take_a_clock_change(clock: LaunchClock, shift: int) -> None:
    assert abs(When(f"T{shift:+d}d").resolve(clock) - clock.ms - shift * 86_400_000) <= 2 * 3_600_000


@given(clocks, shifts, st.integers(0, 23), st.integers(0, 59))
def test_calendar_time_shows_its_wall_time_unless_a_clock_change_skips_it(
    clock: LaunchClock, shift: int, hour: int, minute: int
) -> None:
    moment = When(f"T{shift:+d}d {hour:02d}:{minute:02d}").resolve(clock)
    shown = datetime.fromtimestamp(moment // 1000, clock.zone).replace(tzinfo=None)
    wanted = (clock.wall + timedelta(days=shift)).replace(hour=hour, minute=minute)
    assert timedelta(0) <= shown - wanted <= timedelta(hours=2)
    if shown != wanted:
        again = wanted.replace(tzinfo=clock.zone).astimezone(UTC).astimezone(clock.zone).replace(tzinfo=None)
        assert again != wanted


@given(clocks)
def test_launch_written_in_every_way_is_one_moment(clock: LaunchClock) -> None:
    absolute = When(f"{clock.wall:%Y-%m-%d %H:%M} {clock.zone.key}")
    offset = When(datetime.fromtimestamp(clock.ms // 1000, UTC).isoformat())
    assert When("T").resolve(clock) == absolute.resolve(clock) == offset.resolve(clock) == clock.ms


@given(walls, zones)
def test_wall_time_that_happens_twice_is_its_first(wall: datetime, zone: ZoneInfo) -> None:
    assert wall_ms(wall, zone) <= to_ms(wall.replace(tzinfo=zone, fold=1)) or not _exists(wall, zone)


def _exists(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    try:
        told = str(When(text))
    except ValueError as error:
        told = str(error)
    assert told.startswith(("must ", "T")) or told[:4].isdecimal()
