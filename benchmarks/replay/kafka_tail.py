"""Reads the end of a Kafka topic to find how much of a replay it holds."""

from collections.abc import Mapping
from typing import Any

from benchmarks.replay.sinks import SinkUnavailable

PARTITION = 0
RUN_HEADER = "smearbench-run"
# Assumed: others may have written so many messages behind those of the replay.
_LOOK_BACK = 1000


def find_last_event(settings: Mapping[str, Any], topic: str, run: str, timeout_seconds: float) -> int | None:
    """Return the number of a replay's last event in a topic; 0 in one that never had any, None when none is found.

    Parameters
    ----------
    settings : mapping
        How clients connect, as librdkafka names it.
    topic : str
    run : str
        Name of the replay.
    timeout_seconds : float

    Raises
    ------
    SinkUnavailable
        When the topic cannot be read.
    """
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    # No group is joined and no offset is kept: the name is asked for, and not used.
    reading = {"group.id": "smearbench", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer({**settings, **reading})
    try:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, PARTITION), timeout=timeout_seconds)
        if high <= 0:
            return 0
        consumer.assign([TopicPartition(topic, PARTITION, max(low, high - _LOOK_BACK))])
        return _read_last(consumer, high, run, timeout_seconds)
    except KafkaException as error:
        raise SinkUnavailable(f"the end of the topic cannot be read: {error.args[0].str()}") from error
    finally:
        consumer.close()


def find_range(settings: Mapping[str, Any], topic: str, timeout_seconds: float) -> tuple[int, int]:
    """Return the offsets of the first message that a topic holds, and of the next one that it will get.

    Parameters
    ----------
    settings : mapping
        How clients connect, as librdkafka names it.
    topic : str
    timeout_seconds : float

    Raises
    ------
    SinkUnavailable
        When the topic cannot be asked.
    """
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    consumer = Consumer({**settings, "group.id": "smearbench", "enable.auto.commit": False})
    try:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, PARTITION), timeout=timeout_seconds)
    except KafkaException as error:
        raise SinkUnavailable(f"the topic cannot be asked: {error.args[0].str()}") from error
    finally:
        consumer.close()
    return max(low, 0), max(high, 0)


def _read_last(consumer: Any, high: int, run: str, timeout_seconds: float) -> int | None:
    from confluent_kafka import KafkaError

    last = None
    while True:
        message = consumer.poll(timeout_seconds)
        if message is None:
            raise SinkUnavailable(f"the end of the topic cannot be read: no message in {timeout_seconds:g} s")
        # Offsets have gaps where the broker keeps marks of its own; the end is an error without an event.
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            return last
        if error is not None:
            raise SinkUnavailable(f"the end of the topic cannot be read: {error.str()}")
        last = _read_number(message, run) or last
        if message.offset() >= high - 1:
            return last


def _read_number(message: Any, run: str) -> int | None:
    """Return the number of an event of the replay, None of any other message."""
    headers = dict(message.headers() or ())
    key = message.key() or b""
    return int(key) if headers.get(RUN_HEADER) == run.encode() and key.isdigit() else None
