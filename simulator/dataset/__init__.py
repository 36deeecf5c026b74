"""A dataset folder: written whole or not at all, opened only when complete."""

from simulator.dataset.context import AnnouncedEvent, Context
from simulator.dataset.digest import content_digest, digest_tables
from simulator.dataset.reader import Dataset, open_dataset
from simulator.dataset.writer import DatasetWriter

__all__ = ["AnnouncedEvent", "Context", "Dataset", "DatasetWriter", "content_digest", "digest_tables", "open_dataset"]
