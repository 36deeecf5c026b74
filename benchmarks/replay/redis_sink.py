"""Adds events to a Redis stream, exactly once: the id of an entry is the number of its event."""

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from benchmarks.replay.addresses import Address
from benchmarks.replay.merging import Batch
from benchmarks.replay.sinks import Delivery, SinkUnavailable, demand_extra
from benchmarks.replay.targets import Target
from simulator.errors import OutputError, SmearbenchError

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
# The variable that redis-cli reads as well; unlike a command line, no other user of the machine sees it.
PASSWORD_VARIABLE = "REDISCLI_AUTH"
# A whole batch or nothing of it: a script is one step of the server, which checks its memory before the first write.
# Answers with the number of the last event that was there before, or -1 when the last id is no number of an event.
_ADD = """
local last = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local facts = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #facts, 2 do
    if facts[i] == 'last-generated-id' then
      last = tonumber(string.match(facts[i + 1], '^(%d+)%-0$') or -1)
    end
  end
end
local first = tonumber(ARGV[2])
if last >= first - 1 then
  for i = 3 + last - first + 1, #ARGV do
    redis.call('XADD', KEYS[1], string.format('%.0f-0', first + i - 3), 'run', ARGV[1], 'event', ARGV[i])
  end
end
return last
"""
# The client turns the first word of some answers into a class of error; which ones depends on its version.
_WORDS = {
    "AskError": "ASK",
    "ClusterDownError": "CLUSTERDOWN",
    "MasterDownError": "MASTERDOWN",
    "MovedError": "MOVED",
    "OutOfMemoryError": "OOM",
    "TryAgainError": "TRYAGAIN",
}
_REDIRECTS = ("MOVED", "ASK")
# Answers of a server that may take the same batch later. Before version 7, a script's own error follows a dash.
_PASSING = {"BUSY", "CLUSTERDOWN", "MASTERDOWN", "MISCONF", "NOREPLICAS", "OOM", "-OOM", "TRYAGAIN"}
_ID = re.compile(rb"(\d+)-0")


class RedisSink:
    """Events as entries of a stream, with the fields `run` and `event`.

    The stream is its own record of what it holds: the script that adds a batch leaves out what is there already, and
    adds nothing when an earlier event is missing.

    Parameters
    ----------
    target : Target
    address : Address
        The only one that is connected to.
    run : str
        Name of the replay, kept in each entry.
    timeout_seconds : float
        Longest wait for a connection, and for an answer.
    is_known : bool
        Whether the stream may hold events of this replay already.
    force : bool
        Whether to delete the stream, with its consumer groups, first.

    Raises
    ------
    InputError
        When the extra is missing.
    SmearbenchError
        When the server is not there, may drop the stream, or the stream holds something else.
    """

    guarantee = "exactly once, as long as the server keeps its data"

    def __init__(
        self,
        target: Target,
        address: Address,
        run: str,
        timeout_seconds: float,
        *,
        is_known: bool = False,
        force: bool = False,
    ) -> None:
        demand_extra("redis", "redis")
        self._target = target
        self._address = address
        self._run = run
        self._timeout_seconds = timeout_seconds
        self._client: Redis | None = None
        if force:
            self.delete()
        self._ask(self._refuse_forgetting)
        self.position: int | None = self._ask(self._find_position)
        if self.position and not is_known:
            raise self._refuse(f"{self.position:,} events, and no state of them")

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Add a batch with one script."""
        events = batch.lines.cast("binary").to_pylist()
        arguments = [self._run, batch.first, *(event.removesuffix(b"\n") for event in events)]
        last = int(self._ask(lambda client: client.eval(_ADD, 1, self._target.path, *arguments)))
        if last < 0 or last > batch.last:
            raise self._refuse("entries that somebody else added meanwhile")
        if last < batch.first - 1:
            raise SmearbenchError(
                f"{self._target.text}: must still hold event {batch.first - 1:,}, got {last:,} as the last. "
                "The server has lost events that it had acknowledged."
            )
        self.position = batch.last

    def delete(self) -> None:
        """Delete the stream and its consumer groups."""
        self._ask(lambda client: client.delete(self._target.path))

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _find_position(self, client: "Redis") -> int:
        """Return the number of the last event that was ever added, also when it was trimmed since."""
        stream = self._target.path
        if not client.exists(stream):
            return 0
        facts: Any = client.xinfo_stream(stream)
        match = _ID.fullmatch(facts["last-generated-id"])
        entries: Any = client.xrevrange(stream, count=1)
        run = entries[0][1].get(b"run", b"").decode("utf-8", "replace") if entries else self._run
        if match is None or run != self._run:
            raise self._refuse(f"those of replay {run}" if run else "something else")
        return int(match[1])

    def _refuse_forgetting(self, client: "Redis") -> None:
        """Raise when the server may drop the stream by itself."""
        from redis.exceptions import NoPermissionError

        if int(client.pttl(self._target.path)) >= 0:
            raise OutputError(f"{self._target.text}: must not expire, got a time to live. PERSIST takes it away.")
        try:
            memory: Any = client.info("memory")
        except NoPermissionError:
            return
        policy = str(memory.get("maxmemory_policy", ""))
        if memory.get("maxmemory") and policy.startswith("allkeys"):
            raise OutputError(
                f"{self._target.text}: must not drop streams when its memory is full, got maxmemory-policy {policy}. "
                "Set noeviction: the replay then waits until there is room."
            )

    def _refuse(self, got: str) -> OutputError:
        return OutputError(
            f"{self._target.text}: must hold the events of this replay alone, got {got}. "
            "Choose another stream, or --force, which deletes this one with its consumer groups."
        )

    def _ask(self, question: "Callable[[Redis], T]") -> T:
        """Ask the server; a connection that failed is not used again."""
        from redis.exceptions import AuthenticationError, ConnectionError, ResponseError, TimeoutError

        target = self._target.text
        try:
            self._client = self._client or self._connect()
            return question(self._client)
        except AuthenticationError as error:
            self.close()
            advice = f"Give it as redis://:PASSWORD@…, or in the variable {PASSWORD_VARIABLE}."
            raise SmearbenchError(f"{target}: must accept the password, got: {error} {advice}") from error
        except ResponseError as error:
            raise _judge(target, error) from error
        except (ConnectionError, TimeoutError, OSError) as error:
            self.close()
            raise SinkUnavailable(f"{target}: no answer: {error}") from error

    def _connect(self) -> "Redis":
        """Return a client of the first checked address that answers; a numeric one is not looked up again."""
        for place, (_, (host, port, *_)) in enumerate(self._address.places, 1):
            try:
                return self._connect_to(host, port)
            except OSError:
                if place == len(self._address.places):
                    raise
        raise OSError(f"{self._address.host} has no address")

    def _connect_to(self, host: str, port: int) -> "Redis":
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        client = Redis(
            *(host, port, self._target.database),
            username=self._target.user or None,
            password=self._target.password or os.environ.get(PASSWORD_VARIABLE),
            socket_timeout=self._timeout_seconds,
            socket_connect_timeout=self._timeout_seconds,
            # The loop that sends retries; a client that did so too would hide it.
            retry=Retry(NoBackoff(), 0),
            # With the third version a server may tell its clients to move to another address.
            protocol=2,
        )
        client.ping()
        return client


def _judge(target: str, error: Exception) -> SmearbenchError:
    """Return what an error answer means for the replay."""
    text = str(error)
    word = _WORDS.get(type(error).__name__, "")
    answer = text if text.startswith(word) else f"{word} {text}"
    if answer.startswith(_REDIRECTS):
        return SmearbenchError(f"{target}: must not redirect, got {answer}. Name the node that holds the stream.")
    if _PASSING.intersection(answer.split()):
        return SinkUnavailable(f"{target}: {answer}")
    return SmearbenchError(f"{target}: must add the events, got {answer}")
