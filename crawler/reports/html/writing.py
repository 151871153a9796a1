"""Writes a report's folder: pages from templates, one style sheet, two scripts."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from crawler.policy.agents import CATALOGUE_VERSION
from crawler.policy.restriction import RESTRICTION_VERSION
from crawler.reports.groups import ATTRIBUTES
from crawler.reports.html.addresses import bot_page, line_of, site_page
from crawler.reports.html.bot_pages import describe_bot, list_bots
from crawler.reports.html.breakdowns import TITLES, draw_bias, draw_groups, draw_protective
from crawler.reports.html.evidence import Lists, as_script, write_ledger
from crawler.reports.html.front import answer, draw_heat, list_shifts, list_sites
from crawler.reports.html.open_text import draw_open_text
from crawler.reports.html.overview import (
    any_lists,
    draw_lines,
    draw_most_blocked,
    draw_purposes,
    draw_standings,
)
from crawler.reports.html.relations import draw_companies, draw_disagreements, draw_uses
from crawler.reports.html.site_pages import describe_site
from crawler.reports.material import Material
from crawler.reports.standing import LETTERS, labels_of

ASSETS: Final = ("report.css", "report.js", "file.js", "evidence.js")
LATEST_SHIFTS: Final = 8
GENERATOR: Final = '<meta name="generator" content="Heed report">'
"""Stands in the first `HEAD` octets of every page that this module wrote."""
HEAD: Final = 1024

Page = tuple[str, str]
"""A path below the report's folder, and the text that stands there."""


def write_report(material: Material, folder: Path) -> Path:
    """Write the report into `folder`, which is made; returns its first page.

    Pages that an earlier report left there are overwritten or removed; nothing else is touched.
    Raises `OSError`.
    """
    written = set()
    for path, text in make_pages(material):
        written.add(path)
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        # Words of a site may hold surrogates, which no file takes.
        place.write_bytes(text.encode("utf-8", "replace"))
    _remove_others(folder, written)
    return folder / "index.html"


def _remove_others(folder: Path, written: set[str]) -> None:
    """Take away pages of sites and bots that an earlier report made and this one did not."""
    for room in ("sites", "bots"):
        for place in (folder / room).glob("*.html"):
            if f"{room}/{place.name}" in written:
                continue
            with place.open("rb") as file:
                ours = GENERATOR.encode() in file.read(HEAD)
            if ours:
                place.unlink()


def make_pages(material: Material) -> Iterator[Page]:
    """Every file of the report."""
    lists = Lists()
    render = Renderer(material)
    yield from _make_overviews(material, lists, render)
    for site in material.panel.sites:
        page = describe_site(material, site)
        page["changes"] = list_shifts(material, page["shifts"])
        yield site_page(site.name), render("site.html", page, root="../")
    for bot, token in enumerate(material.panel.bots):
        yield bot_page(token), render("bot.html", describe_bot(material, bot), root="../")
    yield "assets/ledger.js", write_ledger(material.panel, material.texts, lists)
    for name in ASSETS:
        yield f"assets/{name}", files(__package__).joinpath("assets", name).read_text("utf-8")


def _make_overviews(material: Material, lists: Lists, render: "Renderer") -> Iterator[Page]:
    any_links = any_lists(material, lists)
    most = material.most_blocked
    front = {
        "answer": answer(material, any_links, lists),
        "lines": draw_lines(material, any_links),
        "purposes": draw_purposes(material, lists),
        "standings": draw_standings(material, most[0] if most else 0),
        "protective": draw_protective(material, 10),
        "most_blocked": draw_most_blocked(material, 10),
        "changes": list_shifts(material, material.shifts[:LATEST_SHIFTS]),
        "groups": [g for each in TITLES if (g := draw_groups(material, lists, each))],
    }
    yield "index.html", render("index.html", front)
    bots = {"bots": list_bots(material), "bias": draw_bias(material, lists, 20)}
    yield "bots.html", render("bots.html", bots)
    carries = {
        each: any(name(site) for site in material.panel.sites) for each, name in ATTRIBUTES.items()
    }
    sites = {"sites": list_sites(material), "heat": draw_heat(material), "carries": carries}
    yield "sites.html", render("sites.html", sites)
    changes = {"changes": list_shifts(material, material.shifts)}
    yield "changes.html", render("changes.html", changes)
    figure, grid = draw_companies(material, lists)
    yield "companies.html", render("companies.html", {"figure": figure, "grid": grid})
    uses = {"figure": draw_uses(material, lists), "grid": draw_disagreements(material, lists)}
    yield "uses.html", render("uses.html", uses)
    open_text = {"figures": draw_open_text(material, lists)}
    yield "open.html", render("open.html", open_text)
    yield "evidence.html", render("evidence.html", {})
    yield "method.html", render("method.html", {})


class Renderer:
    """Renders templates with what every page needs; everything a site said is escaped."""

    def __init__(self, material: Material) -> None:
        self._environment = Environment(
            loader=PackageLoader(str(__package__)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["script"] = as_script
        self._environment.globals.update(
            panel=material.panel,
            note=material.note,
            generator=Markup(GENERATOR),  # noqa: S704 (our own words)
            catalogue=CATALOGUE_VERSION,
            restriction=RESTRICTION_VERSION,
            labels=labels_of(material.panel.rule),
            signs=LETTERS,
            line_of=line_of,
        )

    def __call__(self, template: str, page: "dict[str, Any]", root: str = "") -> str:
        """The page that `template` makes; `root` leads from it to the report's folder."""
        return self._environment.get_template(template).render(**page, root=root)
