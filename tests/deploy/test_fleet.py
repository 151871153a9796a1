"""What operators of a fleet install: its compose file and its manifests."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
import typer
import yaml

from crawler.cli.app import app
from tests.deploy.test_deploy import COMPOSE, DEPLOY, FLEET, run

GIVEN: Final = {
    "HEED_PRODUCT_TOKEN": "Testbot", "HEED_CONTACT_URL": "https://bot.example/",
    "HEED_LEDGER_PASSWORD": "a", "HEED_OUT": "s3://corpus/autumn", "HEED_JOB": "autumn",
}  # fmt: skip
OPTIONS: Final = {
    name
    for parameter in typer.main.get_command(app).commands["crawl"].params  # type: ignore[attr-defined]
    for name in parameter.opts
}


def check_worker(words: Sequence[str]) -> None:
    """A worker is told its frontier, ledger, store and job, in words that `heed crawl` knows."""
    name, *options = words
    assert name == "crawl"
    named = {word.partition("=")[0] for word in options}
    assert named <= OPTIONS
    assert named >= {"--frontier", "--ledger", "--out", "--job"}


@pytest.mark.skipif(not COMPOSE, reason="docker compose has no package for this machine")
def test_docker_compose_takes_the_fleet_and_keeps_its_frontier_to_itself() -> None:
    checked = run(COMPOSE, "-f", FLEET / "compose.yml", "config", **GIVEN)
    assert (checked.returncode, checked.stderr) == (0, "")
    whole: dict[str, Any] = yaml.safe_load(checked.stdout)
    services = whole["services"]
    assert set(services) == {"frontier", "ledger", "worker"}
    for service in services.values():
        assert "ports" not in service
        assert "no-new-privileges:true" in service["security_opt"]
        assert "mem_limit" in service
    assert set(services["frontier"]["networks"]) == {"inside"}
    assert whole["networks"]["inside"]["internal"]
    worker = services["worker"]
    assert (worker["read_only"], worker["cap_drop"]) == (True, ["ALL"])
    check_worker(worker["command"])


def test_workers_on_kubernetes_are_confined_and_alone_reach_the_frontier() -> None:
    manifests = list(yaml.safe_load_all((FLEET / "kubernetes.yaml").read_text("utf-8")))
    kinds = {f"{one['kind']} {one['metadata']['name']}": one for one in manifests}
    pod = kinds["Deployment heed-worker"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    check_worker(container["args"])
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    (rule,) = kinds["NetworkPolicy heed-frontier"]["spec"]["ingress"]
    allowed = [one["podSelector"]["matchLabels"]["app"] for one in rule["from"]]
    assert allowed == ["heed-worker", "heed-frontier"]


def test_the_image_has_what_a_fleet_needs() -> None:
    built = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert built.count("--extra postgres --extra parquet --extra fleet") == 2
