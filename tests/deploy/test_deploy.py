"""Every file under deploy/, checked as far as a machine without a container engine can."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml

from crawler.config.file import read_file
from crawler.metrics.exposition import COUNTED, ScheduleCollector, Seen
from tests.command import environment
from tests.shared import ROOT

DEPLOY: Final = ROOT / "deploy"
HEED: Final = str(Path(sys.executable).with_name("heed"))
PACKAGED: Final = find_spec("compose")
COMPOSE: Final = (
    str(Path(PACKAGED.origin).with_name("docker-compose")) if PACKAGED and PACKAGED.origin else ""
)
SECRETS: Final = {"HEED_DB_PASSWORD": "a", "HEED_S3_KEY": "b", "HEED_S3_SECRET": "c"}
FLEET: Final = DEPLOY / "urlfrontier"
MANIFESTS: Final = sorted((*(DEPLOY / "k8s").glob("*.yaml"), FLEET / "kubernetes.yaml"))
FULL: Final = bool(os.environ.get("HEED_FULL_BARS"))


def run(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (checkers, with words the tests chose)
        list(map(str, words)), capture_output=True, text=True, check=False, env=environment(**env)
    )


@pytest.mark.skipif(not COMPOSE, reason="docker compose has no package for this machine")
def test_docker_compose_takes_the_file_and_every_service_is_confined() -> None:
    checked = run(COMPOSE, "-f", DEPLOY / "compose.yml", "--profile", "*", "config", **SECRETS)
    assert checked.returncode == 0, checked.stderr
    assert "warning" not in checked.stderr.lower()
    services: dict[str, Any] = yaml.safe_load(checked.stdout)["services"]
    assert set(services) == {"scheduler", "crawler", "db", "s3"}
    for service in services.values():
        assert "no-new-privileges:true" in service["security_opt"]
        assert "mem_limit" in service
        assert "ports" not in service
    for name in ("scheduler", "crawler"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


@pytest.mark.skipif(not COMPOSE, reason="docker compose has no package for this machine")
def test_docker_compose_asks_for_a_password_that_was_not_set() -> None:
    checked = run(COMPOSE, "-f", DEPLOY / "compose.yml", "config")
    assert checked.returncode != 0
    assert "set it in deploy/.env" in checked.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units_and_finds_them_confined(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/heed/bin/heed", HEED)
        (tmp_path / unit.name).write_text(text, "utf-8")
    units = sorted(tmp_path.iterdir())
    assert len(units) == 3
    checked = run("systemd-analyze", "verify", "--man=no", *units)
    assert (checked.returncode, checked.stderr) == (0, "")
    for service in tmp_path.glob("*.service"):
        judged = run(
            "systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", service
        )
        assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_kubernetes_takes_the_manifests(file: Path) -> None:
    for manifest in yaml.safe_load_all(file.read_text("utf-8")):
        kubernetes_validate.validate(manifest, "1.37", strict=True)


def pods() -> list[dict[str, Any]]:
    deployment = yaml.safe_load((DEPLOY / "k8s" / "deployment.yaml").read_text("utf-8"))
    cron = yaml.safe_load((DEPLOY / "k8s" / "cronjob.yaml").read_text("utf-8"))
    templates = (deployment["spec"], cron["spec"]["jobTemplate"]["spec"])
    return [one["template"]["spec"] for one in templates]


def test_pods_are_confined_and_limited() -> None:
    for pod in pods():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}


def configurations() -> dict[str, str]:
    manifest, *_ = yaml.safe_load_all((DEPLOY / "k8s" / "configuration.yaml").read_text("utf-8"))
    compose = (DEPLOY / "heed.compose.toml").read_text("utf-8")
    return {"k8s": manifest["data"]["heed.toml"], "compose": compose}


@pytest.mark.parametrize("name", ["k8s", "compose"])
def test_the_configurations_shown_are_sound(name: str, tmp_path: Path) -> None:
    (tmp_path / "heed.toml").write_text(configurations()[name], "utf-8")
    read = read_file(tmp_path / "heed.toml")
    assert [entry.name for entry in read.entries] == ["nightly", "weekly"]


def test_the_dashboard_asks_for_numbers_that_there_are() -> None:
    dashboard = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"heed_\w+", target["expr"])
    }
    families = ScheduleCollector(lambda: Seen([], frozenset(), {}, 0, 0, 0)).collect()
    known = {f"{one.name}_total" if one.type == "counter" else one.name for one in families}
    assert asked <= known
    assert {f"heed_{name}_total" for name in COUNTED} <= asked
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_scrapyd_reads_its_file_and_listens_to_this_machine_only() -> None:
    read = configparser.ConfigParser()
    read.read_string((DEPLOY / "scrapyd.cfg").read_text("utf-8"))
    assert read["scrapyd"]["bind_address"] == "127.0.0.1"
    assert read["scrapyd"]["max_proc"] == "1"


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    plain = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [
        (word, rest.strip())
        for word, _, rest in (line.partition(" ") for line in plain.splitlines() if line.strip())
    ]


def test_the_image_runs_as_nobody_in_particular_and_tells_of_its_health() -> None:
    words = dict(instructions())
    assert words["USER"] == "10001:10001"
    assert words["ENTRYPOINT"] == '["heed"]'
    assert "heed" in words["HEALTHCHECK"]
    assert "--alive" in words["HEALTHCHECK"]
    runs = [rest for word, rest in instructions() if word == "RUN"]
    assert all("--require-hashes" in one for one in runs if "pip install" in one)
    assert all("--frozen" in one for one in runs if "uv sync" in one)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [one for word, rest in instructions() if word == "COPY" for one in rest.split()[:-1]]
    sources = {one for one in copied if not one.startswith(("--", "/"))}
    assert ignored[0] == "*"
    assert {f"!{one}" for one in sources} <= set(ignored)
    assert all((ROOT / one).exists() for one in sources)


@pytest.mark.slow
@pytest.mark.skipif(not FULL, reason="installs everything anew: HEED_FULL_BARS=1")
def test_the_image_s_steps_make_a_heed_that_works(tmp_path: Path) -> None:
    source, home = tmp_path / "src", tmp_path / "heed"
    run(sys.executable, "-m", "venv", tmp_path / "tools")
    tools = tmp_path / "tools" / "bin"
    built = False
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *names, place = rest.split()
            for name in names:
                target = source / place / Path(name).name if place == "./" else source / place
                target.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, target)
        if word == "RUN" and rest.startswith(("python -m pip", "uv ")):
            done = subprocess.run(  # noqa: S603 (the image's own step)
                [tools / rest.split()[0], *rest.split()[1:]],
                cwd=source,
                capture_output=True,
                text=True,
                check=False,
                env=environment(UV_PROJECT_ENVIRONMENT=str(home), UV_PYTHON_DOWNLOADS="never"),
            )
            assert done.returncode == 0, done.stderr
            built = True
    assert built
    for command in (("init", "heed.toml"), ("check", "heed.toml"), ("--version",)):
        done = subprocess.run(  # noqa: S603 (what was installed)
            [home / "bin" / "heed", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )
        assert done.returncode == 0, done.stderr
