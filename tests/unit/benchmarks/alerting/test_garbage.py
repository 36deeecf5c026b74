"""The search for garbage waits until a piece of work is done, and is then as it was."""

import gc
import weakref

import pytest

from benchmarks.alerting.garbage import collect_at_the_end


class Knot:
    """Holds itself."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def _keep_setting():
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def test_garbage_of_the_work_goes_at_its_end():
    with collect_at_the_end():
        assert not gc.isenabled()
        knot = weakref.ref(Knot())
        assert knot() is not None
    assert knot() is None


@pytest.mark.parametrize("is_on", [True, False])
def test_search_is_as_before(is_on):
    (gc.enable if is_on else gc.disable)()
    with pytest.raises(KeyError), collect_at_the_end():
        raise KeyError
    assert gc.isenabled() is is_on
    assert gc.get_freeze_count() == 0
