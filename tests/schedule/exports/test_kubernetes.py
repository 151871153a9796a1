"""Manifests that Kubernetes' own schemas take, and that hold what the jobs need."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from crawler.config.file import read_file
from crawler.errors import ConfigurationError
from crawler.schedule.exports.kubernetes import HOME, make_manifests
from crawler.schedule.jobs import make_plan
from tests.schedule.exports.plans import JOBS, plan_in


def manifests(folder: Path) -> dict[str, dict[str, Any]]:
    ((_, text),) = make_manifests(plan_in(folder), "heed:0.1.0")
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in yaml.safe_load_all(text)}


@pytest.mark.parametrize("version", ["1.27", "1.34", "1.37"])
def test_every_manifest_is_of_its_schema(version: str, tmp_path: Path) -> None:
    for manifest in manifests(tmp_path).values():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_job_is_due_in_its_zone_and_never_overlaps(tmp_path: Path) -> None:
    found = manifests(tmp_path)
    nightly = found["CronJob/heed-nightly"]["spec"]
    assert (nightly["schedule"], nightly["timeZone"]) == ("15 2 * * 1,2,3,4,5", "Europe/Berlin")
    assert nightly["concurrencyPolicy"] == "Forbid"
    # There is no seventh day in Kubernetes.
    assert found["CronJob/heed-weekly-audit"]["spec"]["schedule"] == "0 4 * * 0"


def test_the_map_and_its_mounts_make_a_folder_that_heed_reads(tmp_path: Path) -> None:
    found = manifests(tmp_path)
    pod = found["CronJob/heed-nightly"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    inside = tmp_path / "inside"
    inside.mkdir()
    for mount in container["volumeMounts"]:
        if mount["name"] == "config":
            place = inside / mount["mountPath"].removeprefix(f"{HOME}/")
            place.write_text(found["ConfigMap/heed"]["data"][mount["subPath"]])
    plan = make_plan(read_file(inside / "heed.toml"))
    assert container["args"][3:5] == ["--run", "nightly"]
    assert [job.name for job in plan.jobs] == ["nightly", "half.hourly", "weekly_audit"]


def test_a_list_outside_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/\n")
    text = JOBS.replace("seeds.txt", "../list.txt")
    with pytest.raises(ConfigurationError, match="lies outside the folder"):
        list(make_manifests(plan_in(tmp_path / "inner", text), "heed:0.1.0"))
