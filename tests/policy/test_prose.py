"""Plain words: sentences, kinds and classes, in several languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.model import Observation, Resource
from crawler.policy.passages import blank_markup
from crawler.policy.prose import MAX_SENTENCE, DpiClass, classify, find_refusals
from crawler.policy.prose_words import AI, SCRAPING, TDM
from crawler.policy.signals import natural_language


@pytest.mark.parametrize(
    ("words", "kinds", "dpi_class"),
    [
        ("Scraping is forbidden.", {SCRAPING}, DpiClass.NO_SCRAPING),
        ("No AI training.", {AI}, DpiClass.NO_AI),
        ("We do not consent to our works being used to train LLMs.", {AI}, DpiClass.NO_AI),
        ("The use for TDM (Art. 4 of Directive 2019/790) is reserved.", {TDM}, DpiClass.NO_AI),
        ("Bots are not permitted unless licensed.", {SCRAPING}, DpiClass.CONDITIONAL),
        ("Das automatisierte Auslesen ist verboten.", {SCRAPING}, DpiClass.NO_SCRAPING),
        ("Unsere Inhalte dürfen nicht für KI genutzt werden.", {AI}, DpiClass.NO_AI),
        ("Nutzungsvorbehalt nach § 44b UrhG.", {TDM}, DpiClass.NO_AI),
        ("L'usage de robots est interdit.", {SCRAPING}, DpiClass.NO_SCRAPING),
        ("Il est interdit d'entraîner une IA.", {AI}, DpiClass.NO_AI),
        ("No se permite el uso para aprendizaje automático.", {AI}, DpiClass.NO_AI),
        ("È vietata l'estrazione di testo e dati.", {TDM}, DpiClass.NO_AI),
        ("Text- en datamining is voorbehouden.", {TDM}, DpiClass.NO_AI),
        ("É proibido o acesso por meios automatizados.", {SCRAPING}, DpiClass.NO_SCRAPING),
        ("É proibida a mineração de textos e dados.", {TDM}, DpiClass.NO_AI),
        ("Não é permitido o treino de inteligência artificial.", {AI}, DpiClass.NO_AI),
        ("Tekst- og datamining er forbudt.", {TDM}, DpiClass.NO_AI),
        ("Indholdet må ikke bruges til kunstig intelligens.", {AI}, DpiClass.NO_AI),
        ("Vi förbehåller oss rätten till text- och datautvinning.", {TDM}, DpiClass.NO_AI),
        ("Nous nous opposons à la fouille de textes et de données.", {TDM}, DpiClass.NO_AI),
        ("L'apprentissage automatique est prohibée.", {AI}, DpiClass.NO_AI),
        ("Nous refusons que nos contenus entraînent des IA.", {AI}, DpiClass.NO_AI),
        ("Wir untersagen das KI-Training.", {AI}, DpiClass.NO_AI),
        ("Der Verlag verbietet das Training von KI.", {AI}, DpiClass.NO_AI),
        ("Text und Data Mining ist ausdrücklich ausgeschlossen.", {TDM}, DpiClass.NO_AI),
        ("Der Nutzung für KI wird widersprochen.", {AI}, DpiClass.NO_AI),
        ("Nos oponemos a la minería de textos y datos.", {TDM}, DpiClass.NO_AI),
        ("El entrenamiento de IA no está permitido.", {AI}, DpiClass.NO_AI),
        ("Non è consentito l'addestramento di sistemi di IA.", {AI}, DpiClass.NO_AI),
        ("L'editore si riserva i diritti di text and data mining.", {TDM}, DpiClass.NO_AI),
        ("Onze content mag niet worden gebruikt voor AI.", {AI}, DpiClass.NO_AI),
        ("Geen AI-training.", {AI}, DpiClass.NO_AI),
        ("AI scraping is banned.", {AI, SCRAPING}, DpiClass.NO_SCRAPING_NO_AI),
        ("Neither AI training nor data mining is permitted.", {AI, TDM}, DpiClass.NO_AI),
        ("Permission is denied for AI training.", {AI}, DpiClass.NO_AI),
        ("Text and data mining is expressly excluded.", {TDM}, DpiClass.NO_AI),
        ("Alle Rechte vorbehalten, insb. Text und Data Mining.", {TDM}, DpiClass.NO_AI),
        ("All rights reserved incl. AI training.", {AI}, DpiClass.NO_AI),
        ("Eksploracja tekstów i danych jest zastrzeżona.", {TDM}, DpiClass.NO_AI),
        ("무단 전재 및 재배포, AI 학습 및 활용 금지", {AI}, DpiClass.NO_AI),
        ("생성형 인공지능 개발에 이용할 수 없으며 크롤링을 금합니다.", {AI, SCRAPING}, DpiClass(1)),
        ("記事を生成AIの学習に使うことを禁じます。", {AI}, DpiClass.NO_AI),
        ("生成\uff21\uff29への利用はお断りします。", {AI}, DpiClass.NO_AI),
        ("不得用于人工智能训练或数据挖掘。", {AI, TDM}, DpiClass.NO_AI),
        ("未經授權,不得用於人工智慧模型。", {AI}, DpiClass.CONDITIONAL),
    ],
)
def test_a_refusal_is_understood_in_its_language(
    words: str, kinds: set[str], dpi_class: DpiClass
) -> None:
    (sentence,) = find_refusals(words)
    assert sentence.kinds == kinds
    assert classify((sentence,)) is dpi_class


@pytest.mark.parametrize(
    "words",
    [
        "Our robots mow your lawn.",
        "We use machine learning to sort your mail.",
        "Data mining is not prohibited here.",
        "Das Training ist nicht untersagt, auch nicht für KI.",
        "Bitcoin miners must not stop.",
        "인공지능이 없으면 불가능한 일이다.",
        "AIの学習は禁止していません。",
        "Vi reserverar ett bord.",
        "",
    ],
)
def test_other_talk_is_no_refusal(words: str) -> None:
    assert find_refusals(words) == ()
    assert classify(()) is DpiClass.NONE


def test_a_refusal_and_its_object_may_not_stand_in_two_sentences() -> None:
    assert find_refusals("You may not park here. Machine learning is fun.") == ()


def test_an_article_number_does_not_end_a_sentence() -> None:
    (sentence,) = find_refusals("Rights under Art. 4 for text and data mining are reserved.")
    assert sentence.start == 0


def test_a_sentence_without_end_is_still_searched_to_its_end() -> None:
    words = "x " * MAX_SENTENCE + "you may not train AI on this"
    assert any(AI in one.kinds for one in find_refusals(words))


def test_blanking_markup_keeps_every_byte_in_its_place() -> None:
    html = "<p>Für <b>alle</b></p><style>p{}</style>".encode()
    blank = blank_markup(html)
    assert len(blank) == len(html)
    assert blank[html.index(b"alle") :].startswith(b"alle")
    assert b"p{}" not in blank


@given(some.text(alphabet="<>!-abp /é\x1e\ud800"), some.integers(0, 60))
def test_evidence_points_at_the_words_in_any_page(noise: str, place: int) -> None:
    words = "<p>You may not train AI models."
    body = (noise[:place] + words + noise[place:]).encode("utf-8", "surrogatepass")
    page = Resource("https://site.example/terms", body)
    for statement in natural_language.read(Observation(page.url, page=page)):
        evidence = statement.evidence
        assert evidence.start is not None
        assert evidence.end is not None
        stated = body[evidence.start : evidence.end].decode("utf-8", "replace")
        assert stated.startswith(evidence.verbatim)
