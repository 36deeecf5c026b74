"""What holds in every world: the shape of its tables, who may react to what, and who must be silent."""

import pyarrow as pa
import pytest

from simulator.population import build_population
from simulator.schema import TABLE_BY_NAME, TABLES
from simulator.vocabulary import Language, Segment
from tests.property.small_worlds import in_every_world
from tests.worlds import DAY, Told

_LONGEST_ANSWER_MS = 8 * 3_600_000  # an answer that was begun arrives at most so much later
_LONGEST_LIKE_MS = 67_036  # a like arrives at most so long after its item was shown
