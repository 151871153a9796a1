"""Labels of a page: its licence and who made it."""

from crawler.policy.model import Observation, Resource
from crawler.policy.page_labels import Labels, read_labels


def _labels(html: bytes) -> Labels:
    page = Resource("https://site.example/", html)
    return read_labels(Observation(page.url, page=page))


def test_a_page_is_labelled_by_what_it_says_of_itself() -> None:
    html = (
        b'<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">'
        b'<meta name="ai-disclosure" content="ai-assisted">'
    )
    assert _labels(html) == Labels("by-sa", "4.0", "link_tag", "ai-assisted")


def test_a_silent_page_has_no_label() -> None:
    assert _labels(b"<p>x") == Labels()
