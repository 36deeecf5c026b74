"""Where compiled kernels are kept: in a folder of their sources' digest, wherever there is a place to write."""

from pathlib import Path

import pytest

from simulator import kernels
from simulator.kernels import _choose_cache_folder, _digest_of_sources

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
    assert _choose_cache_folder() == str(tmp_path / "smearbench" / f"kernels-{_digest_of_sources()}")


def test_kernels_are_kept_in_the_users_cache_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_places(monkeypatch, HOME=tmp_path)
    assert Path(_choose_cache_folder()).parents[1] == tmp_path / ".cache"


def test_the_projects_own_setting_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_places(monkeypatch, SMEARBENCH_CACHE=tmp_path / "own", XDG_CACHE_HOME=tmp_path / "users")
    assert Path(_choose_cache_folder()).parents[1] == tmp_path / "own"


def test_without_any_place_to_write_kernels_are_kept_in_a_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_places(monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = Path(_choose_cache_folder())
    assert folder.parent == tmp_path
    assert folder.is_dir()


def test_the_folder_changes_with_any_kernel_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in Path(kernels.__file__).parent.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(kernels, "__file__", str(tmp_path / "__init__.py"))
    before = _digest_of_sources()
    with (tmp_path / "philox.py").open("a") as file:
        file.write("# another thought\n")
    assert _digest_of_sources() != before
