"""A CronJob for each job, with the configuration and the volume that they share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from crawler.config.file import REMOTE
from crawler.errors import ConfigurationError
from crawler.schedule.exports.lines import read_line
from crawler.schedule.jobs import Job, Plan

HOME: Final = "/srv/heed"
"""Where the volume is mounted; heed.toml lies there too, since relative paths start from it."""

LABELS: Final = {"app.kubernetes.io/name": "heed"}
LARGEST_MAP: Final = 900_000
"""Bytes: a ConfigMap holds a mebibyte at most."""


def make_manifests(plan: Plan, image: str) -> Iterator[tuple[str, str]]:
    """The file's name and text; raises `ConfigurationError`."""
    files = _files(plan)
    mounts = [
        {"name": "config", "mountPath": f"{HOME}/{path}", "subPath": key, "readOnly": True}
        for key, (path, _) in files.items()
    ]
    parts = [
        _object("v1", "ConfigMap", "heed", data={key: text for key, (_, text) in files.items()}),
        _object(
            "v1",
            "PersistentVolumeClaim",
            "heed",
            spec={
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "100Gi"}},
            },
        ),
        *(_cron_job(job, image, mounts) for job in plan.jobs),
    ]
    text = yaml.dump_all(parts, Dumper=Readable, sort_keys=False, allow_unicode=True)
    yield "heed.yaml", text


class Readable(yaml.SafeDumper):
    """YAML for people: text of several lines stands as it is."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Readable.add_representer(str, _write_text)


def _object(version: str, kind: str, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (any field of any kind)
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "labels": dict(LABELS)},
        **more,
    }


def _files(plan: Plan) -> dict[str, tuple[str, str]]:
    """Path below the volume and text, by key of the ConfigMap."""
    configuration = plan.configuration
    document = configuration.document
    files = {"heed.toml": ("heed.toml", configuration.file.read_text("utf-8"))}
    lists = [(one.name, one.seeds_file) for one in document.crawl]
    lists += [(one.name, one.sites_file) for one in document.audit]
    for name, path in lists:
        if not path:
            continue
        if path.startswith("/") or ".." in path:
            raise ConfigurationError(
                f"job {name!r}: the list {path!r} lies outside the folder of heed.toml: "
                "move it there, so that it can be part of the ConfigMap."
            )
        files[f"{name}.list"] = (path, _read(configuration.folder / path))
    if REMOTE not in document.output.ledger and document.output.ledger.startswith("/"):
        raise ConfigurationError(
            f"[output] ledger = {document.output.ledger!r} is no place in a container: "
            "write it relative to heed.toml, or give a postgresql:// URL."
        )
    if sum(len(text.encode()) for _, text in files.values()) > LARGEST_MAP:
        raise ConfigurationError(
            "heed.toml and its lists are too large for a ConfigMap: put the lists on the volume "
            f"below {HOME} and name them by their full path there."
        )
    return files


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The list {str(file)!r} cannot be part of a ConfigMap ({error}): save it as UTF-8."
        ) from None


def _cron_job(job: Job, image: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    line = read_line(job, "Kubernetes", seconds=False)
    weekday = line.words[4]
    if not weekday.startswith("*"):
        # There 7 is no Sunday.
        weekday = ",".join(map(str, line.weekdays))
    return _object(
        "batch/v1",
        "CronJob",
        f"heed-{job.name.lower().replace('_', '-').replace('.', '-').strip('-')}",
        spec={
            "schedule": " ".join((*line.words[:4], weekday)),
            "timeZone": "Etc/UTC" if job.timetable.zone == "UTC" else job.timetable.zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 0,
                    "template": {
                        "metadata": {"labels": dict(LABELS)},
                        "spec": _pod(job, image, mounts),
                    },
                }
            },
        },
    )


def _pod(job: Job, image: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    args = ["schedule", "--config", f"{HOME}/heed.toml", "--run", job.name]
    return {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 180,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "heed",
                "image": image,
                "args": [*args, "--log-format", "json"],
                "envFrom": [{"secretRef": {"name": "heed", "optional": True}}],
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "resources": {
                    "requests": {"cpu": "500m", "memory": "512Mi"},
                    "limits": {"cpu": "2", "memory": "3Gi"},
                },
                "volumeMounts": [
                    {"name": "data", "mountPath": HOME},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 (the only place to write beside the volume)
                    *mounts,
                ],
            }
        ],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": "heed"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "config", "configMap": {"name": "heed"}},
        ],
    }
