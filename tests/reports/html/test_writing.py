"""The report as its readers open it: from a file, in a real browser, at desk and phone width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from crawler.reports.html.addresses import site_page
from tests.command import heed
from tests.reports.browser import Scheme, needs_chromium, start_browser, visit
from tests.reports.history import DAYS, HISTORY, HOSTILE, HOSTILE_NAME

pytestmark = needs_chromium

KINDS = (
    "index.html", "bots.html", "sites.html", "changes.html", "companies.html", "uses.html",
    "open.html", "method.html", "evidence.html", "sites/flip.example.html", "bots/gptbot.html",
    "bots/claudebot.html", "sites/gone.example.html", site_page(HOSTILE_NAME),
)  # fmt: skip
"""A page of every kind, the hostile site's among them."""


@pytest.fixture(scope="module")
def folder(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as the command writes it."""
    made = tmp_path_factory.mktemp("report")
    run = heed("report", "--ledger", ledger, "--html", made / "html")
    assert run.code == 0, run.err
    return made / "html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_browser() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_every_page_opens_from_a_file_quietly_and_fits(
    browser: Browser, folder: Path, width: int, scheme: Scheme
) -> None:
    with visit(browser, folder, width=width, scheme=scheme) as seen:
        for kind in KINDS:
            page = seen.open(kind)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
            assert page.evaluate("window.owned") is None, kind
            seen.picture(f"{width}-{scheme}-{kind.replace('/', '-').removesuffix('.html')}"[:80])
        assert seen.errors == []
        assert len(seen.requests) > len(KINDS)
        assert [url for url in seen.requests if not url.startswith(("file://", "data:"))] == []


def test_light_and_dark_look_different(browser: Browser, folder: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        with visit(browser, folder, scheme=scheme) as seen:
            page = seen.open("index.html")
            colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            mark = page.locator("#most-blocked .wide path[fill='var(--full-named)']").first
            colours.append(mark.evaluate("mark => getComputedStyle(mark).fill"))
    assert len(set(colours)) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anybody_out(browser: Browser, folder: Path, scheme: Scheme) -> None:
    with visit(browser, folder, scheme=scheme) as seen:
        for kind in KINDS if scheme == "light" else KINDS[:1] + KINDS[9:11]:
            found = Axe().run(seen.open(kind), options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{kind}: {found.generate_report()}"


def test_charts_are_drawn_with_what_was_counted(browser: Browser, folder: Path) -> None:
    with visit(browser, folder) as seen:
        page = seen.open("index.html")
        for name in ("lines", "most-blocked", "purposes", "standings", "protective"):
            drawn = page.locator(f"#{name} .wide svg [data-told]")
            assert drawn.count() > 4, name
            assert page.locator(f"#{name} .wide").bounding_box()["height"] > 100, name  # type: ignore[index]
        told = page.locator("#lines .wide svg [data-told]").evaluate_all(
            "marks => marks.map(mark => mark.dataset.told)"
        )
        assert f"GPTBot, {DAYS[-1]}: 5 of 8 sites (62 %)" in told
        page.locator("#purposes .wide svg [data-told]").first.hover()
        expect(page.locator("#tip")).to_contain_text("sites")


def test_a_phone_is_shown_the_narrow_drawing(browser: Browser, folder: Path) -> None:
    with visit(browser, folder, width=360) as seen:
        page = seen.open("index.html")
        expect(page.locator("#lines .narrow svg")).to_be_visible()
        expect(page.locator("#lines .wide")).to_be_hidden()


def test_a_table_sorts_and_filters(browser: Browser, folder: Path) -> None:
    with visit(browser, folder) as seen:
        page = seen.open("bots.html")
        names = page.locator("#bots tbody tr:not([hidden]) th")
        assert names.first.inner_text() == "GPTBot"
        page.get_by_role("button", name="Bot", exact=True).click()
        sorted_names = [name.lower() for name in names.all_inner_texts()]
        assert sorted_names == sorted(sorted_names)
        heading = page.locator("#bots thead th").first
        assert heading.get_attribute("aria-sort") == "ascending"
        page.get_by_label("Show bots, companies or roles with").fill("openai gpt")
        assert all("gpt" in name.lower() for name in names.all_inner_texts())
        assert 1 < names.count() < 10
        expect(page.locator("output")).to_contain_text(" shown")


@pytest.mark.parametrize(
    ("start", "number"),
    [
        ("index.html", ".tiles a >> nth=0"),
        ("index.html", "#lines td a >> nth=-1"),
        ("index.html", "#purposes td a >> nth=-4"),
        ("index.html", "#standings td a >> nth=-4"),
        ("bots.html", "#bots td.n a >> nth=0"),
        ("bots.html", "#bots td.n a >> nth=1"),
        ("bots.html", "#bots td.n a >> nth=2"),
        ("bots.html", "#bias td a >> nth=0"),
        ("companies.html", "#companies td a >> nth=0"),
        ("companies.html", "table.grid td a >> nth=0"),
        ("uses.html", "#uses td a >> nth=0"),
        ("open.html", "#open-train-genai td a >> nth=-1"),
        ("open.html", "#open-train-genai td a >> nth=-2"),
        ("bots/gptbot.html", ".counts a >> nth=0"),
    ],
)
def test_two_clicks_lead_from_a_number_to_its_line(
    browser: Browser, folder: Path, start: str, number: str
) -> None:
    with visit(browser, folder) as seen:
        page = seen.open(start)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.locator(number).click()
        rows = page.locator("#found tbody tr")
        expect(rows.first).to_be_visible()
        rows.first.locator("td a").first.click()
        aimed = page.locator("#file li.aim")
        expect(aimed).to_be_visible()
        expect(page.locator("#which")).to_contain_text("SHA-256")
        assert aimed.locator("code").inner_text().strip()
        assert seen.errors == []


def test_a_list_holds_as_many_sites_as_its_number_says(browser: Browser, folder: Path) -> None:
    with visit(browser, folder) as seen:
        page = seen.open("index.html")
        numbers = {
            href: text
            for name in ("#purposes", "#standings", "#most-blocked")
            for href, text in page.locator(f"{name} td a").evaluate_all(
                "links => links.map(link => [link.getAttribute('href'), link.textContent])"
            )
        }
        bots = seen.open("bots.html").locator("#bots tbody tr:first-child td.n a")
        counted, _, named = [(one.get_attribute("href"), one.inner_text()) for one in bots.all()]
        numbers |= {str(href): text for href, text in (counted, named)}
        assert len(numbers) > 40
        for href, text in numbers.items():
            page = seen.open(href)
            expect(page.locator("output")).to_have_text(f"{text} of {text} shown")


def test_a_site_shows_its_file_as_it_stood_with_the_deciding_line(
    browser: Browser, folder: Path
) -> None:
    with visit(browser, folder) as seen:
        page = seen.open("sites/flip.example.html#v1-L4")
        lines = page.locator("#file li:not([hidden]) > code")
        for version, body in ((1, HISTORY["flip.example"][1]), (2, HISTORY["flip.example"][2])):
            page = seen.open(f"sites/flip.example.html#v{version}")
            assert "\n".join(lines.all_inner_texts()) == str(body).rstrip("\n")
        page = seen.open("sites/flip.example.html#v1-L4")
        hit = page.locator("#file li.hit.full-named")
        assert hit.locator("code").inner_text() == "Disallow: /"
        assert "blocked by name: CCBot, GPTBot" in hit.locator("em").inner_text()
        page.locator("#version").select_option("0")
        expect(page.locator("#file li.hit.full-named")).to_have_count(0)
        seen.picture("site-with-its-line")


def test_what_a_site_wrote_is_shown_and_never_run(browser: Browser, folder: Path) -> None:
    with visit(browser, folder) as seen:
        page = seen.open(site_page(HOSTILE_NAME))
        assert page.locator("h1").inner_text() == HOSTILE_NAME
        assert (
            page.locator("#file li:not([hidden]) > code").first.inner_text()
            == HOSTILE.split("\n")[0]
        )
        for path in ("index.html", "sites.html", "changes.html", "evidence.html#bot=GPTBot&at=5"):
            page = seen.open(path)
            assert page.evaluate("window.owned") is None
            assert page.locator("main img, main script:not([type])").count() == 0
        assert page.locator("#found", has_text=HOSTILE_NAME).count() == 1
        assert seen.errors == []


def test_marks_of_direction_turn_only_the_words_of_the_site(browser: Browser, folder: Path) -> None:
    with visit(browser, folder) as seen:
        page = seen.open(site_page(HOSTILE_NAME))
        turning = page.locator("#file li > code", has_text="latot").first
        assert turning.evaluate("code => getComputedStyle(code).unicodeBidi") == "isolate"
        ours = turning.evaluate("code => getComputedStyle(code, '::after').unicodeBidi")
        assert ours == "isolate"


def test_sites_and_bots_can_be_read_without_scripts(browser: Browser, folder: Path) -> None:
    with visit(browser, folder, scripts=False) as seen:
        page = seen.open("sites/press.example.html")
        assert page.locator("#file li.hit.full-named code").inner_text() == "Disallow: /"
        page = seen.open("bots/gptbot.html")
        assert page.locator("#named tbody tr").count() == 5
