"""Where compiled kernels are kept: in a folder of their sources' digest, wherever there is a place to write."""

from pathlib import Path

import pytest

from simulator.kernels import cache
from simulator.kernels.cache import KernelLocator, digest_of_sources
from simulator.kernels.philox import philox_block

choose_folder = cache.cache_folder.__wrapped__

_SETTINGS = ("SMEARBENCH_CACHE", "XDG_CACHE_HOME", "HOME")


def set_places(monkeypatch: pytest.MonkeyPatch, **places: Path) -> None:
    """Set the places that a cache may be in; the others are nowhere."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null/nowhere")
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))


@pytest.mark.parametrize("name", ["SMEARBENCH_CACHE", "XDG_CACHE_HOME"])
def test_kernels_are_kept_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    set_places(monkeypatch, **{name: tmp_path})
    assert choose_folder() == str(tmp_path / "smearbench" / f"kernels-{digest_of_sources()}")


def test_kernels_are_kept_in_the_users_cache_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_places(monkeypatch, HOME=tmp_path)
    assert Path(choose_folder()).parents[1] == tmp_path / ".cache"


def test_the_projects_own_setting_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_places(monkeypatch, SMEARBENCH_CACHE=tmp_path / "own", XDG_CACHE_HOME=tmp_path / "users")
    assert Path(choose_folder()).parents[1] == tmp_path / "own"


def test_without_any_place_to_write_kernels_are_kept_in_a_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_places(monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = Path(choose_folder())
    assert folder.parent == tmp_path
    assert folder.is_dir()


def test_the_folder_changes_with_any_kernel_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in Path(cache.__file__).parent.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(cache, "_HERE", tmp_path)
    before = digest_of_sources.__wrapped__()
    with (tmp_path / "philox.py").open("a") as file:
        file.write("# another thought\n")
    assert digest_of_sources.__wrapped__() != before


def test_only_kernels_of_this_package_are_kept_there(tmp_path: Path) -> None:
    function = philox_block.py_func
    assert KernelLocator.from_function(function, str(tmp_path / "philox.py")) is None
    kept = KernelLocator.from_function(function, str(Path(cache.__file__).parent / "philox.py"))
    assert kept is not None
    assert kept.get_source_stamp() == digest_of_sources()
    assert kept._py_file.endswith("philox.py")
