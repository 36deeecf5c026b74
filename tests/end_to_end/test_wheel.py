"""A wheel built from the tree works in an empty environment, far from the repository."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from simulator.kernels.cache import cache_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    # The environment has the build backend, so that nothing is fetched.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (path,) = out.glob("smearbench-*.whl")
    return path


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory):
    """Install the wheel alone into an environment of its own; its dependencies are lent from this one."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home / "env", with_pip=False)
    python = home / "env/bin/python"
    site = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    command = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *command], check=True, timeout=120)
    _lend_packages(site)
    return home / "env/bin/smearbench"


def _lend_packages(site: Path) -> None:
    """Link every installed package but this one; a path file would lend this project's checkout too."""
    for place in Path(sysconfig.get_path("purelib")).iterdir():
        is_own = place.name.startswith(("smearbench", "simulator", "benchmarks", "_editable"))
        if not is_own and place.suffix != ".pth" and not (site / place.name).exists():
            (site / place.name).symlink_to(place)


def _call(program, *arguments, cwd):
    # Kernels are kept by the digest of their sources, so that the wheel's are those that are compiled already.
    kept = {"XDG_CACHE_HOME": str(Path(cache_folder()).parents[1])}
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", **kept}
    return subprocess.run([program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


def test_wheel_holds_packages_scenarios_and_data_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops - {"simulator", "benchmarks"} == {next(top for top in tops if top.endswith(".dist-info"))}
    assert "simulator/scenarios/ev_launch.yaml" in names
    assert "simulator/scenario/load.py" in names
    files = [path for package in ("simulator", "benchmarks") for path in (ROOT / package).rglob("*") if path.is_file()]
    shipped = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert shipped <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_runs_classroom_outside_the_repository(program, tmp_path):
    # A folder of the user's own that is called like the shipped one is not mixed in.
    (tmp_path / "scenarios").mkdir()
    done = _call(program, "run", "classroom", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    metrics = json.loads(done.stdout)
    (world,) = metrics["worlds"]
    assert world["accounts"]["scored"] > 500
    assert metrics["software"]["smearbench"] == world["dataset"]["software"]["smearbench"] != "not installed"
    assert (tmp_path / "results/runs/classroom-600-seed1-1/metrics.json").is_file()


def test_installed_program_comes_from_the_wheel(program, tmp_path):
    python = program.with_name("python")
    where = _call(
        python, "-c", "import benchmarks, simulator; print(benchmarks.__file__, simulator.__file__)", cwd=tmp_path
    )
    assert str(ROOT) not in where.stdout
    assert where.stdout.count("site-packages") == 2


def test_program_scores_for_a_project_with_a_benchmarks_package_of_its_own(program, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/__init__.py").write_text("raise ImportError('the wrong package')\n")
    done = _call(program, "detectors", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "near_duplicate" in done.stdout
    done = _call(program, "check-detector", "post_count", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
