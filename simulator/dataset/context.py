"""What the brand's own analyst knows: the only file beside the tables that a detector may see."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

SYNTHETIC_NOTICE = "Synthetic data about a fictitious brand, made by smearbench."


@dataclass(frozen=True, slots=True)
class AnnouncedEvent:
    """A brand event that its analyst knows in advance; `time_ms` is ms since the epoch, UTC."""

    name: str
    kind: str
    time_ms: int


@dataclass(frozen=True, slots=True)
class Context:
    """The brand, its launch and the window of observation.

    It names no scenario, digest, seed or break-up: any of them would tell a detector which world this is.
    All times are ms since the epoch, UTC; `end_ms` is exclusive.
    """

    brand: str
    product: str
    aliases: tuple[str, ...]
    rival: str
    rival_product: str
    site: str
    hashtags: tuple[str, ...]
    brand_account_ids: tuple[int, ...]
    events: tuple[AnnouncedEvent, ...]
    launch_ms: int
    start_ms: int
    end_ms: int
    languages: tuple[str, ...]

    def to_json(self) -> str:
        """Return the context as indented JSON, with times in ISO 8601."""
        content = asdict(self)
        content["events"] = [{"name": e.name, "kind": e.kind, "time": to_iso(e.time_ms)} for e in self.events]
        for name in ("launch", "start", "end"):
            content[name] = to_iso(content.pop(f"{name}_ms"))
        content = {"synthetic": True, "notice": SYNTHETIC_NOTICE, **content}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def to_iso(time_ms: int) -> str:
    """Return a time in ms since the epoch as ISO 8601 in UTC."""
    moment = datetime.fromtimestamp(time_ms // 1000, UTC).replace(microsecond=time_ms % 1000 * 1000, tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds") + "Z"
