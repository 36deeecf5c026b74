"""Rules of the rows: observations and labels one to one, references that resolve, times inside the run."""

import hashlib
from collections.abc import Iterator

from simulator.schema import TABLE_BY_NAME
from simulator.verify.findings import Finding, Subject, compare, count_words, judge

_DAY_MS = 86_400_000

# Where a column of a table leads.
_REFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "posts": (
        ("account_id", "accounts", "account_id"),
        ("parent_id", "posts", "post_id"),
        ("root_id", "posts", "post_id"),
    ),
    "likes": (("account_id", "accounts", "account_id"), ("post_id", "posts", "post_id")),
    "follows": (("follower_id", "accounts", "account_id"), ("followee_id", "accounts", "account_id")),
    "metrics": (("post_id", "posts", "post_id"),),
    "removals": (("account_id", "accounts", "account_id"), ("post_id", "posts", "post_id")),
    "truth_posts": (("push_id", "truth_pushes", "push_id"), ("root_push_id", "truth_pushes", "push_id")),
    "truth_likes": (
        ("account_id", "accounts", "account_id"),
        ("post_id", "posts", "post_id"),
        ("push_id", "truth_pushes", "push_id"),
    ),
    "truth_exposures": (("push_id", "truth_pushes", "push_id"),),
    "truth_exposure_log": (("account_id", "accounts", "account_id"), ("post_id", "posts", "post_id")),
}

# Times of a table and what they must lie in; `follows` may begin before the run, counters close a day.
_IN_RUN = "{0} >= $start and {0} < $end"
_DAY_ENDS = "{0} > $start and {0} <= $last and ({0} - $start) % 86400000 = 0"
_TIMES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "accounts": (("created_at", "{0} < $end", "before the end"),),
    "posts": (("created_at", _IN_RUN, "in the run"),),
    "likes": (("created_at", _IN_RUN, "in the run"),),
    "follows": (("since", "{0} < $end", "before the end"), ("until", _IN_RUN, "in the run")),
    "metrics": (("as_of", _DAY_ENDS, "at the end of a day of the run"),),
    "removals": (("time", _IN_RUN, "in the run"),),
    "truth_exposures": (
        ("hour", "{0} >= $start and {0} < $end and ({0} - $start) % 3600000 = 0", "at the start of an hour of the run"),
    ),
    "truth_attitudes": (("day", _DAY_ENDS, "at the end of a day of the run"),),
    "truth_exposure_log": (("shown_at", _IN_RUN, "in the run"),),
}


def check_rows(subject: Subject) -> Iterator[Finding]:
    """Posts and accounts have one row of labels each, in order; every commanded like was seen."""
    yield _check_alignment(subject)
    yield _check_accounts(subject)
    yield subject.search(
        "rows.likes",
        f"{count_words(subject.count('truth_likes'), 'commanded like')} stand among the likes, each once",
        """select 'account ' || account_id || ', post ' || post_id, 'be a like, commanded once',
                  coalesce(max(likes.n), 0) || ' likes, commanded ' || count(*) || ' times'
           from truth_likes left join (
               select account_id, post_id, count(*) as n from likes semi join truth_likes using (account_id, post_id)
               group by all) as likes using (account_id, post_id)
           group by account_id, post_id having count(*) <> 1 or coalesce(max(likes.n), 0) <> 1""",
    )


def _check_alignment(subject: Subject) -> Finding:
    """Compare the two columns of ids as streams, so that memory does not grow with the table."""
    seen, labelled = (_describe_ids(subject, table) for table in ("posts", "truth_posts"))
    faults = compare(
        "truth/posts",
        f"row by row as observations/posts ({seen[0]})",
        f"row by row as observations/posts ({labelled[0]})",
    )
    faults += compare("observations/posts post_id", "ascending, each once", seen[1])
    return judge(
        "rows.posts", f"{count_words(subject.count('posts'), 'post')} have one row of labels each, in order", faults
    )


def _describe_ids(subject: Subject, table: str) -> tuple[str, str]:
    digest, last, order = hashlib.sha256(), -1, "ascending, each once"
    for batch in subject.dataset.batches(table, ["post_id"]):
        values = batch.column(0).to_numpy()
        if len(values):
            if values[0] <= last or (values[1:] <= values[:-1]).any():
                order = "not ascending"
            last = int(values[-1])
            digest.update(values.tobytes())
    return f"ids of digest {digest.hexdigest()[:12]}", order


def _check_accounts(subject: Subject) -> Finding:
    return subject.search(
        "rows.accounts",
        f"{count_words(subject.count('accounts'), 'account')} have one row of labels each",
        """select 'account ' || account_id, 'have one profile and one row of labels', sum(a) || ' and ' || sum(b)
           from (select account_id, 1 as a, 0 as b from accounts
                 union all select account_id, 0, 1 from truth_accounts)
           group by account_id having sum(a) <> 1 or sum(b) <> 1""",
    )


def check_references(subject: Subject) -> Iterator[Finding]:
    """Every id in a table is one of the table that it leads to; reactions come after what they react to."""
    for table, columns in _REFERENCES.items():
        if subject.dataset.has(table):
            claim = (
                f"{', '.join(column for column, *_ in columns)} of {count_words(subject.count(table), 'row')} resolve"
            )
            faults = " union all ".join(_unresolved(table, *reference) for reference in columns)
            yield subject.search(f"references.{table}", claim, faults)
    yield subject.search(
        "references.cascades",
        "reactions follow what they react to, in one cascade",
        """select 'post ' || post_id, 'come after its parent and have its root', 'root ' || root_id || ', parent '
                  || coalesce(parent_id::text, 'none')
           from posts left join (select post_id as up_id, root_id as up_root, created_at as up_time from posts)
             on parent_id = up_id
           where (kind = 'post') <> (parent_id is null) or (parent_id is null and root_id <> post_id)
              or up_root <> root_id or up_time >= created_at""",
    )


def _unresolved(table: str, column: str, other: str, key: str) -> str:
    path = TABLE_BY_NAME[other].path
    return f"""select '{column} ' || "{column}", 'be in {path}', 'no such row'
               from {table} anti join (select "{key}" as found from {other}) on "{column}" = found
               where "{column}" is not null"""


def check_window(subject: Subject) -> Iterator[Finding]:
    """Nothing happens outside the run."""
    n_days = -((subject.start_ms - subject.end_ms) // _DAY_MS)
    last = subject.start_ms + n_days * _DAY_MS
    for table, columns in _TIMES.items():
        if not subject.dataset.has(table):
            continue
        places = " and ".join(f"{column} {words}" for column, _, words in columns)
        faults = " union all ".join(
            f"""select '{column} of row ' || coalesce("{column}"::text, ''), 'lie {words}', "{column}"::text
                from {table} where not ({rule.format(f'epoch_ms("{column}")')})"""
            for column, rule, words in columns
        )
        given = {"start": subject.start_ms, "end": subject.end_ms, "last": last}
        used = {name: value for name, value in given.items() if f"${name}" in faults}
        yield subject.search(f"window.{table}", f"{count_words(subject.count(table), 'row')}, {places}", faults, **used)
