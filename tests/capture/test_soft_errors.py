"""Which pages say with status 200 that they are not there."""

from crawler.capture.soft_errors import (
    HOSTS_KEPT,
    SUSPECT,
    TEXTS_A_HOST,
    Finding,
    SoftErrors,
    probe_url,
)

SITE = "https://a.example"


def judge_many(errors: SoftErrors, text: str, number: int, site: str = SITE) -> list[Finding]:
    return [errors.judge(f"{site}/page-{text[:3]}-{one}", text) for one in range(number)]


def test_a_host_is_asked_once_and_then_its_own_words_for_it_are_known() -> None:
    errors = SoftErrors()
    found = judge_many(errors, "Nothing here", SUSPECT + 2)
    assert found == [Finding.OWN] * (SUSPECT - 1) + [Finding.ASK, Finding.OWN, Finding.OWN]
    assert errors.judge(probe_url(SITE + "/x"), "Nothing\n here ") is Finding.PROBE
    assert judge_many(errors, "Nothing here", 2) == [Finding.SOFT] * 2
    assert errors.judge(SITE + "/y", "Something else") is Finding.OWN
    assert errors.judge("https://b.example/y", "Nothing here") is Finding.OWN


def test_an_address_in_the_text_tells_no_two_of_them_apart() -> None:
    errors = SoftErrors()
    urls = [f"{SITE}/a/b{one}%20c" for one in range(SUSPECT)]
    found = [errors.judge(url, f"No page {url[17:-5]} c at all, {url}") for url in urls]
    assert found[-1] is Finding.ASK


def test_a_host_that_only_repeats_itself_loses_no_page() -> None:
    errors = SoftErrors()
    judge_many(errors, "All the same", SUSPECT)
    errors.judge(probe_url(SITE), "There is no such page.")
    assert judge_many(errors, "All the same", SUSPECT * 3) == [Finding.OWN] * SUSPECT * 3


def test_what_is_remembered_is_bounded() -> None:
    errors = SoftErrors()
    for number in range(HOSTS_KEPT + 5):
        errors.judge(f"https://{number}.example/", "x")
    assert len(errors._hosts) == HOSTS_KEPT  # noqa: SLF001 (its bound is its promise)
    for number in range(TEXTS_A_HOST * 2):
        errors.judge(SITE, str(number))
    assert len(errors._hosts["a.example"].counts) == TEXTS_A_HOST  # noqa: SLF001
