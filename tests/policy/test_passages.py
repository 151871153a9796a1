"""Sentences of a page, found without reading all of it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.html_tags import open_page
from crawler.policy.passages import (
    Passage,
    _places,
    _speaks_of_matter,
    read_passages,
    read_reservations,
)
from crawler.policy.prose import MAX_SENTENCE
from crawler.policy.prose_words import AI, OBJECTS, RESERVATION, RESERVING, STEMS, TDM

NOTICE = "All rights reserved, including text and data mining."
FAR = b"<p>" + b"lorem ipsum " * MAX_SENTENCE + b"</p>"


def _reservations(body: bytes) -> tuple[Passage, ...]:
    return read_reservations(open_page(body))


@pytest.mark.parametrize(
    "notice",
    [
        NOTICE.encode(),
        "Tous droits réservés, fouille de données comprise.".encode(),
        "Tous droits réservés, fouille de données comprise.".encode("latin-1"),
        "Der Verlag behält sich Text und Data Mining ausdrücklich vor.".encode(),
        "Wir behalten uns Text und Data Mining vor.".encode("latin-1"),
        b"Tutti i diritti riservati, anche per il data mining.",
        b"Alle rechten voorbehouden, ook voor datamining.",
        "Notre journal s'oppose à la fouille de textes.".encode(),
        "Notre journal s\u2019oppose à la fouille de textes.".encode(),
        b"We opt-out of AI training.",
        b"We opt\n                    out of training\nlanguage\n models.",
        b"We have opted&nbsp;out of AI training.",
        "We opt\u2011out of AI training.".encode(),
        "We are opting\xa0out of AI training.".encode("latin-1"),
        b"We <b>opt</b> out of AI training.",
        "TOUS DROITS RÉSERVÉS, FOUILLE DE DONNÉES COMPRISE.".encode(),
        "TOUS DROITS RÉSERVÉS, FOUILLE DE DONNÉES COMPRISE.".encode("latin-1"),
        b"Tous droits r&eacute;serv&eacute;s, fouille de donn&eacute;es comprise.",
        b"TOUS DROITS R&Eacute;SERV&Eacute;S, FOUILLE DE DONN&Eacute;ES COMPRISE.",
        b"Tous droits r&#233;serv&#233;s, fouille de donn&#xE9;es comprise.",
        b"Der Verlag beh&auml;lt sich Text&nbsp;und Data Mining ausdr&uuml;cklich vor.",
        b"Der Verlag beh&#xE4;lt sich Text und Data Mining ausdr&#252;cklich vor.",
        b"Notre journal s&rsquo;oppose &agrave; la fouille de textes.",
        b"Notre journal s&#39;oppose &agrave; la fouille de textes.",
        "DER VERLAG BEHÄLT SICH TEXT UND DATA MINING AUSDRÜCKLICH VOR.".encode(),
        "DER VERLAG BEHÄLT SICH TEXT UND DATA MINING AUSDRÜCKLICH VOR.".encode("latin-1"),
        b"Nut&shy;zungs&shy;vor&shy;be&shy;halt f&uuml;r Text und Data Mi&shy;ning.",
        "Wir be\u00adhal\u00adten uns Text und Data Mi\u00adning vor.".encode(),
        b"All rights re<wbr>ser<WBR />ved, text and data mi&#173;ning in&#xAD;cluded.",
        "We re\u200bserve ma\u2060chine lear\u200cning.".encode(),
        "L'éditeur s'oppose à toute fouille de textes et de données.".encode(),
        "Nous nous opposons à la fouille de textes.".encode(),
        "La editorial se opone a la minería de datos.".encode(),
        b"Wij behouden ons het recht op tekst- en datamining voor.",
        "Los derechos quedan reservados expresamente para la minería de datos.".encode(),
        b"Der Verlag beh\xc3\xa4lt sich die Datenanalyse im Sinne des Gesetzes vor.",
        "Vi förbehåller oss rätten till datautvinning och språkmodeller.".encode(),
        b"No part of this site may be used to train AI.",
        b"This content must not be used to train AI.",
        b"All rights\n\n  reserved, including\n\ntext and data mining.",
        "Todos os direitos reservados, incluindo a mineração de dados.".encode(),
        b"Alle rettigheder forbeholdes, ogs&aring; tekst- og datamining.",
        "Alla rättigheter förbehålles, även för AI.".encode(),
        "Alla rättigheter förbehålles, även för AI.".encode("latin-1"),
        "Wszelkie prawa zastrzeżone, także eksploracja tekstów i danych.".encode(),
        "저작권자 (c) 예시신문, 무단 전재 및 재배포, AI학습 및 활용 금지".encode(),
        "무단전재-재배포, 인공지능 학습 금지".encode(),
        "当サイトの記事を無断で生成AIの学習に利用することを禁じます".encode(),
        "当社の記事の生成\uff21\uff29への学習利用はお断りします".encode(),
        "本站内容未经授权不得用于人工智能训练".encode(),
    ],
)
def test_a_reservation_is_found_anywhere_in_a_page(notice: bytes) -> None:
    body = FAR + b"<footer>" + notice + b"</footer>" + FAR
    (found,) = _reservations(body)
    assert body[found.start : found.end] == notice


def test_two_reservations_far_apart_are_both_found() -> None:
    notice = f"<p>{NOTICE}</p>".encode()
    assert len(_reservations(notice + FAR + notice)) == 2


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<script>", "</script>"), ("<style>", "</style>"), ("<!--", "-->"), ("<template>", "")],
)
def test_what_began_to_hide_far_before_still_hides(opening: str, closing: str) -> None:
    body = opening.encode() + FAR + NOTICE.encode() + closing.encode()
    assert _reservations(body) == ()


def test_what_ends_to_hide_before_the_words_shows_them() -> None:
    body = b"<script>" + FAR + b"</script>" + NOTICE.encode()
    assert len(_reservations(body)) == 1


def test_rights_in_other_matters_are_none_of_ours() -> None:
    assert _reservations(b"<p>All rights reserved. We reserve a table. Call them.</p>") == ()


@pytest.mark.parametrize(
    "talk",
    [
        "정부는 본 사이트의 AI 학습을 금지했다고 밝혔다.",
        "新聞社は無断でAIの学習に利用することを禁止すると発表した。",
        "据报道,本站之外的网站不得用于人工智能训练。",
        "AI 학습 금지",
        "Forlaget forbeholder seg retten til AI, sier direktøren.",
    ],
)
def test_who_reports_of_others_or_says_not_whose_rights_they_are_reserves_none(talk: str) -> None:
    assert _reservations(f"<p>{talk}</p>".encode()) == ()


@given(some.from_regex(RESERVATION, fullmatch=True))
def test_whatever_reserves_is_looked_for(words: str) -> None:
    assert any(stem in words for stem in RESERVING)
    assert list(_places(words.encode()))


@given(some.from_regex(OBJECTS[TDM], fullmatch=True) | some.from_regex(OBJECTS[AI], fullmatch=True))
def test_what_may_be_reserved_is_looked_for(words: str) -> None:
    assert _speaks_of_matter(f" {words} ".encode())


@given(some.sampled_from(list(OBJECTS.values())).flatmap(partial(some.from_regex, fullmatch=True)))
def test_whatever_is_reserved_holds_a_stem(words: str) -> None:
    assert any(stem in words for stem in STEMS)


def _told(passages: Iterable[Passage]) -> list[Passage]:
    """`passages`, whatever part of the page the offsets of their sentences count from."""
    return [one._replace(sentence=replace(one.sentence, start=0, end=0)) for one in passages]


@given(
    some.lists(
        some.sampled_from(
            [NOTICE, "<p>", "</p>", "<b>", "You may not train AI.", "é ", "\x80", "Rights. ",
             "We opt\n\t  out of AI. ", "&amp;", "&#0;",
             "Droits r&eacute;serv&eacute;s pour l&#39;IA. ", "&Eacute;crit. ",
             "&quot;", "We re&shy;serve A\u00adI trai<wbr>ning. ", "&shy;", "<wbr>",
             "We reserve AI training.", "Sagte er: wir behalten uns KI vor. ", "x" * 99]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_the_short_way_finds_what_the_long_way_finds(pieces: list[str]) -> None:
    body = "".join(pieces).encode("utf-8", "surrogateescape")
    whole = [one for one in read_passages(body) if one.sentence.reserves]
    assert _told(_reservations(body)) == _told(whole)
