"""The demo's sample report: an invented history, filled into a ledger of its own and told."""

from pathlib import Path

from crawler.demo.history import NOTE, ROBOTS, make_history
from crawler.errors import StorageError
from crawler.ledger.sites import SiteFacts
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Resource
from crawler.reports.html.writing import write_report
from crawler.reports.material import Wanted, gather
from crawler.reports.queries import Selection, read_observed


def write_sample(folder: Path) -> Path:
    """Make `sample.db` and `report/` in `folder`; returns the report's first page.

    Raises `StorageError`. Made again, both say the same.
    """
    facts = {}
    ledger = SqlLedger(str(folder / "sample.db"))
    try:
        for site in make_history():
            facts[site.name] = SiteFacts(
                category=site.category, country=site.country, weight=site.weight
            )
            origin = f"https://{site.name}"
            for at, body in site.files:
                file = Resource(url=origin + ROBOTS, body=body, retrieved_at=at)
                ledger.record_site_file(origin, ROBOTS, file)
        ledger.commit()
        observed = read_observed(ledger.engine, Selection())
        material = gather(ledger.engine, observed, facts, Wanted(note=NOTE))
        return write_report(material, folder / "report")
    except OSError as error:
        raise StorageError(
            f"The sample report cannot be written to {str(folder)!r}: {error.strerror}; "
            "choose another place with --out."
        ) from None
    finally:
        ledger.close()
