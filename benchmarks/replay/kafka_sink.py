"""Sends events to one partition of a Kafka topic through librdkafka; the brokers' addresses are checked beforehand."""

import logging
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from benchmarks.replay.addresses import Address, find_address, find_peers, is_private
from benchmarks.replay.kafka_metadata import Broker, ask_brokers
from benchmarks.replay.kafka_tail import PARTITION, RUN_HEADER, find_last_event, find_range
from benchmarks.replay.merging import Batch
from benchmarks.replay.sinks import Delivery, SinkUnavailable, demand_extra
from benchmarks.replay.targets import Target
from simulator.errors import InputError, SmearbenchError

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Message, Producer

REPEAT_HEADER = "smearbench-may-repeat"
_CHECK_SECONDS = 1.0
# Without an acknowledgement for so long, an error of the connection is told.
_PATIENCE_SECONDS = 1.0
_POLL_SECONDS = 0.1
# What brokers say of a topic that they make when it is asked for; assumed to take no longer than so many seconds.
_YOUNG_TOPIC = ("UNKNOWN_TOPIC_OR_PART", "LEADER_NOT_AVAILABLE")
_TOPIC_SECONDS = 3.0
_POLL_EVENTS = 500
# Errors come as errors; what the library would write beside them tells a user nothing more.
_SILENT = logging.Logger("librdkafka")
_SILENT.addHandler(logging.NullHandler())
# As librdkafka names it. A message waits for ever, and nothing may follow one that failed: what the partition holds has
# no gaps then. Names are looked up once, and where the brokers are is asked again only when something fails.
_CONNECTING: Final = {
    "broker.address.ttl": 86_400_000,
    "client.id": "smearbench",
    "logger": _SILENT,
    "reconnect.backoff.max.ms": 1000,
    "topic.metadata.refresh.interval.ms": -1,
}
_PRODUCING: Final = {
    "acks": "all",
    "enable.gapless.guarantee": True,
    "enable.idempotence": True,
    "linger.ms": 1,
    "message.timeout.ms": 0,
}


class KafkaSink:
    """Events as messages of one partition; the key is the number of the event, a delivery report acknowledges it.

    Parameters
    ----------
    target : Target
    addresses : sequence of Address
        Of the brokers to begin with.
    run : str
        Name of the replay, a header of each message.
    timeout_seconds : float
        Longest wait for an answer, and for the acknowledgement of a batch.
    allowed_hosts : collection of str
        Hosts that brokers may advertise and that may be anywhere.
    is_known : bool
        Whether the topic may hold events of this replay already.

    Attributes
    ----------
    held : int or None
        Number of the last event that the topic holds; None when it cannot tell.

    Raises
    ------
    InputError
        When the extra is missing, or a broker advertises an address that is not allowed.
    SmearbenchError
        When no broker answers, or there is no such topic.
    """

    guarantee = "at least once, in order; every message that may repeat says so"
    position: int | None = None

    def __init__(
        self,
        target: Target,
        addresses: Sequence[Address],
        run: str,
        timeout_seconds: float,
        allowed_hosts: Collection[str] = (),
        *,
        is_known: bool = False,
    ) -> None:
        demand_extra("confluent_kafka", "confluent-kafka")
        self._target = target
        self._addresses = addresses
        self._run = run
        self._timeout_seconds = timeout_seconds
        self._allowed_hosts = allowed_hosts
        self._known_brokers: set[Broker] = set()
        self._allowed_peers = {place[0] for address in addresses for _, place in address.places}
        self._checked = 0.0
        self._queued = (0, 0)
        self._unacknowledged = 0
        self._failure: KafkaError | None = None
        self._trouble: KafkaError | None = None
        self._check_addresses()
        self._settings = {"bootstrap.servers": ",".join(map(_describe, addresses)), **_CONNECTING}
        self._producer = self._open()
        try:
            self.held = self._find_held() if is_known else None
        except SinkUnavailable:
            self.close()
            raise

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Queue a batch and wait until every message of it is acknowledged; a batch that is queued is waited for."""
        from confluent_kafka import KafkaException

        self._check_addresses_now_and_then()
        self._trouble = None
        try:
            if self._queued != (batch.first, batch.last):
                self._queue(batch, delivery)
            self._wait()
        except KafkaException as error:
            self._failure = error.args[0]
        if self._failure is not None:
            raise SmearbenchError(f"{self._target.text}: must take every event, got: {self._failure.str()}.")

    def find_end(self) -> int:
        """Return the offset of the next message."""
        return find_range(self._settings, self._target.path, self._timeout_seconds)[1]

    def count_lost(self, begin: int, count: int) -> int:
        """Return how many of the messages that were acknowledged since the end was at `begin` the topic lacks."""
        low, high = find_range(self._settings, self._target.path, self._timeout_seconds)
        return max(count - (high - max(low, begin)), 0)

    def close(self) -> None:
        """Forget what is queued and disconnect."""
        from confluent_kafka import KafkaException

        self._producer.purge()
        # A producer that failed for good has nothing left to wait for, and says so.
        with suppress(KafkaException):
            self._producer.flush(_PATIENCE_SECONDS)

    def _check_addresses_now_and_then(self) -> None:
        if time.monotonic() - self._checked > _CHECK_SECONDS:
            self._check_addresses()

    def _check_addresses(self) -> None:
        """Raise when a broker is where events may not go; asked without librdkafka, which would connect at once."""
        for broker in set(self._ask_brokers()) - self._known_brokers:
            self._allowed_peers |= self._find_peers_of(broker)
            self._known_brokers.add(broker)
        # librdkafka looks names up by itself and hears of new brokers by itself: what it did is looked at as well.
        strangers = {peer for peer in find_peers() if not is_private(peer)} - self._allowed_peers
        if strangers:
            got = ", ".join(sorted(strangers))
            raise SmearbenchError(f"{self._target.text}: must stay at the addresses that were checked, got {got}.")
        self._checked = time.monotonic()

    def _find_peers_of(self, broker: Broker) -> set[str]:
        """Return the addresses of a broker, all of which events may go to."""
        try:
            places = find_address(broker.host, broker.port, self._allowed_hosts).places
        except InputError as error:
            place = f"{broker.host}:{broker.port}"
            raise InputError(
                f"{self._target.text}: broker {broker.number} says that it is {place}.\n{error}"
            ) from error
        return {place[0] for _, place in places}

    def _ask_brokers(self) -> list[Broker]:
        for place, address in enumerate(self._addresses, 1):
            try:
                return ask_brokers(address, self._timeout_seconds)
            except SinkUnavailable as error:
                if place == len(self._addresses):
                    raise SinkUnavailable(f"{self._target.text}: {error}") from error
        return []

    def _open(self) -> "Producer":
        """Return a producer that knows the topic."""
        from confluent_kafka import KafkaException, Producer

        producer = Producer({**self._settings, **_PRODUCING, "error_cb": self._note_trouble})
        end = time.monotonic() + _TOPIC_SECONDS
        while True:
            try:
                topic = producer.list_topics(self._target.path, timeout=self._timeout_seconds).topics[self._target.path]
            except KafkaException as error:
                raise SinkUnavailable(f"{self._target.text}: no answer: {error.args[0].str()}") from error
            if topic.error is None:
                return producer
            if time.monotonic() > end or topic.error.name() not in _YOUNG_TOPIC:
                raise SmearbenchError(f"{self._target.text}: must be a topic, got: {topic.error.str()}.")
            time.sleep(_POLL_SECONDS)

    def _find_held(self) -> int | None:
        try:
            return find_last_event(self._settings, self._target.path, self._run, self._timeout_seconds)
        except SinkUnavailable as error:
            raise SinkUnavailable(f"{self._target.text}: {error}") from error

    def _queue(self, batch: Batch, delivery: Delivery) -> None:
        headers: list[tuple[str, str | bytes | None]] = [(RUN_HEADER, self._run)]
        if delivery.may_repeat:
            headers.append((REPEAT_HEADER, "true"))
        self._queued = (batch.first, batch.last)
        for number, event in enumerate(batch.lines.cast("binary").to_pylist(), batch.first):
            self._queue_one(str(number).encode(), event.removesuffix(b"\n"), headers)
            if number % _POLL_EVENTS == 0:
                self._producer.poll(0)

    def _queue_one(self, key: bytes, event: bytes, headers: list[tuple[str, str | bytes | None]]) -> None:
        while True:
            try:
                self._producer.produce(
                    *(self._target.path, event, key, PARTITION), on_delivery=self._note_delivery, headers=headers
                )
                self._unacknowledged += 1
                return
            except BufferError:
                self._producer.poll(_POLL_SECONDS)

    def _wait(self) -> None:
        """Return when nothing is left to be acknowledged."""
        begin = progress = time.monotonic()
        left = self._unacknowledged
        while self._unacknowledged and self._failure is None:
            self._producer.flush(_POLL_SECONDS)
            self._check_addresses_now_and_then()
            now = time.monotonic()
            if self._unacknowledged < left:
                left, progress = self._unacknowledged, now
            if now - begin > self._timeout_seconds or (self._trouble and now - progress > _PATIENCE_SECONDS):
                reason = f": {self._trouble.str()}" if self._trouble else ""
                raise SinkUnavailable(f"{self._target.text}: {left:,} events unacknowledged{reason}")

    def _note_delivery(self, error: "KafkaError | None", _: "Message") -> None:
        self._unacknowledged -= 1
        self._failure = self._failure or error

    def _note_trouble(self, error: "KafkaError") -> None:
        self._trouble = error
        if error.fatal():
            self._failure = self._failure or error


def _describe(address: Address) -> str:
    """Return the checked places of an address as librdkafka reads them."""
    return ",".join(_write_place(place) for _, place in address.places)


def _write_place(place: tuple[Any, ...]) -> str:
    host, port, *_ = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
