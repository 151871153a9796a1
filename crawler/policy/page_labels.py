"""What a page says of itself that is no opt-out: its licence, and whether a machine wrote it.

Labels go to the row's metadata and never to a decision (signals.md, sections 14 and 15).
"""

from typing import NamedTuple

from crawler.policy.model import Notes, Observation
from crawler.policy.signals import catalogue

UNTOLD = "unknown"


class Labels(NamedTuple):
    """A page's labels; "" where it is silent."""

    license_abbr: str = ""
    license_version: str = ""
    license_location: str = ""
    ai_provenance: str = ""


def read_labels(observation: Observation) -> Labels:
    """The labels of the page that `observation` holds."""
    licence = _note(observation, "licence_evidence")
    page = _note(observation, "ai_disclosure").get("page", UNTOLD)
    return Labels(
        license_abbr=str(licence.get("license_abbr", "")),
        license_version=str(licence.get("license_version", "")),
        license_location=str(licence.get("license_location", "")),
        ai_provenance="" if page == UNTOLD else str(page),
    )


def _note(observation: Observation, name: str) -> Notes:
    tellers = (signal.note for signal in catalogue() if signal.name == name)
    return next((teller(observation) for teller in tellers if teller is not None), {})
