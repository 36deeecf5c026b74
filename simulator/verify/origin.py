"""Rules of the documents: files, scenario, moments, and what the brand's analyst is told."""

import hashlib
from collections.abc import Iterator

from simulator.dataset.context import to_iso
from simulator.dataset.manifest import SCENARIO_FILE
from simulator.verify.findings import Fault, Finding, Subject, compare, count_words, judge

_HOUR_MS = 3_600_000


def check_origin(subject: Subject) -> Iterator[Finding]:
    """Files have their digests, the manifest agrees with the scenario, the context tells the announced events."""
    yield _check_files(subject)
    yield _check_scenario(subject)
    yield _check_moments(subject)
    yield _check_evaluation(subject)
    yield _check_events(subject)
    yield _check_context(subject)


def _check_files(subject: Subject) -> Finding:
    files = subject.dataset.manifest.files
    faults = [
        fault
        for entry in files
        for fault in compare(
            entry.path, f"of SHA-256 {entry.sha256[:16]}…", f"of SHA-256 {_digest(subject, entry.path)}…"
        )
    ]
    return judge("origin.files", f"{count_words(len(files), 'file')} have the digests of the manifest", faults)


def _digest(subject: Subject, path: str) -> str:
    with open(subject.dataset.path / path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _check_scenario(subject: Subject) -> Finding:
    entry, scenario = subject.dataset.manifest.scenario, subject.scenario
    digest = hashlib.sha256(subject.dataset.scenario_text.encode("utf-8")).hexdigest()
    faults = compare("manifest scenario.id", scenario.id, entry.id)
    faults += compare("manifest scenario.summary", scenario.summary, entry.summary)
    faults += compare("manifest scenario.digest", digest, entry.digest)
    return judge("origin.scenario", f"the manifest names the scenario {scenario.id} of {SCENARIO_FILE}", faults)


def _check_moments(subject: Subject) -> Finding:
    moments, scenario = subject.dataset.manifest.moments, subject.scenario
    faults = [
        fault
        for name, must, got in (
            ("start", scenario.start_ms, moments.start_ms),
            ("end", scenario.end_ms, moments.end_ms),
            ("launch", scenario.launch_ms, moments.launch_ms),
        )
        for fault in compare(f"manifest moments.{name}", to_iso(must), to_iso(got))
    ]
    return judge("origin.moments", f"start, launch and end of {count_words(scenario.n_days, 'day')}", faults)


def _check_evaluation(subject: Subject) -> Finding:
    """An hour before the first break-up, worked out again, unless the scenario says when."""
    scenario, got = subject.scenario, subject.dataset.manifest.moments.evaluate_until_ms
    if scenario.evaluate_until is not None:
        must = scenario.at(scenario.evaluate_until)
    else:
        broken = [scenario.at(entry.break_up.time) for entry in scenario.operators.values() if entry.break_up]
        must = max(min(broken) - _HOUR_MS, scenario.start_ms) if broken else scenario.end_ms
    faults = compare("manifest moments.evaluate_until", to_iso(must), to_iso(got))
    return judge("origin.evaluate_until", f"scores are taken as of {to_iso(must)}", faults)


def _check_events(subject: Subject) -> Finding:
    scenario = subject.scenario
    must = {name: (e.kind.name, to_iso(scenario.at(e.time))) for name, e in scenario.events.items() if e.announced}
    told = {event["name"]: (event["kind"], event["time"]) for event in subject.dataset.context["events"]}
    faults = [
        Fault(f"context events.{name}", f"be {_tell(must.get(name))}", _tell(told.get(name)))
        for name in sorted({*must, *told})
        if must.get(name) != told.get(name)
    ]
    return judge("origin.events", f"{count_words(len(must), 'announced event')} in the context, no other", faults)


def _tell(event: tuple[str, str] | None) -> str:
    return f"{event[0]} at {event[1]}" if event else "no event"


def _check_context(subject: Subject) -> Finding:
    scenario, context = subject.scenario, subject.dataset.context
    faults = compare("context start", to_iso(scenario.start_ms), context["start"])
    faults += compare("context end", to_iso(scenario.end_ms), context["end"])
    faults += compare("context launch", to_iso(scenario.launch_ms), context["launch"])
    for key, must in (
        ("brand", scenario.target.name),
        ("product", scenario.target.product),
        ("rival", scenario.target.rival),
    ):
        faults += compare(f"context {key}", must, context[key]) if must else []
    official = subject.queries.rows(
        "select account_id from truth_accounts where segment = 'brand' and operator_id is null order by 1"
    )
    faults += compare("context brand_account_ids", [account for (account,) in official], context["brand_account_ids"])
    return judge("origin.context", f"the run, the names and {count_words(len(official), 'brand account')}", faults)
