r"""The words in which sites speak of crawling, mining and training, and refuse it: the tables.

Each is about one part that a sentence can have, with a line or two for each language: English,
German, French, Spanish, Portuguese, Italian, Dutch, Danish and Norwegian, Swedish, Polish, Korean,
Japanese and Chinese. Patterns meet words in lower case without accents (`prose.fold`), one blank
between them, and have no nested repetition. `\b` parts nothing in Korean, Japanese and Chinese.
"""

import re
from typing import Final

SCRAPING, TDM, AI = "scraping", "tdm", "ai"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


STEMS: Final = (
    "ai", "ki", "ia", "a.i", "artif", "kunst", "learning", "lernen", "language", "llm", "neural",
    "foundation", "sprach", "apprent", "langage", "aprend", "lenguaje", "intelligen", "train",
    "min", "tdm", "2019/790", "44", "vorbehalt", "datenanalyse", "fouille", "122-5-3", "estrazione",
    "bot", "spider", "scrap", "crawl", "harvest", "automat", "auslesen", "aspirat", "moisson",
    "aran", "rastre", "raspado", "data", "linguagem", "maskin", "sprog", "sprak", "eksplorac",
    "sztuczn", "maszyn", "인공", "텍스트", "기계", "크롤", "人工", "学", "學", "数据", "數據", "爬",
    "データ", "テキスト", "クロー", "スクレイピング",
)  # fmt: skip
"""One of these stands in whatever a pattern of `OBJECTS` matches."""
OBJECTS: Final = {
    SCRAPING: _any(
        r"\b(?:ro)?bots?\b", r"\bspiders?\b", r"\bscrap(?:e|es|ed|er|ers|ing)\b", r"\bcrawl",
        r"\bharvest(?:s|ed|ing)?\b", r"automat(?:ed|ic) (?:means|process|access|tools?|collection)",
        r"automatisiert\w{0,3} (?:abruf|auslesen|abfrage|verfahren|zugriff)", r"\bauslesen\b",
        r"\b(?:robots?|robot d'indexation|aspirat(?:ion|eurs?)|moissonnage)\b",
        r"procede\w{0,2} automatise", r"\baranas?\b", r"\brastre(?:o|ador)", r"\braspado\b",
        r"med?ios automatizados",
        r"크롤링", r"クロール|クローリング|スクレイピング", r"爬虫|爬蟲",
    ),
    TDM: _any(
        r"text[- ]?(?:and|&|und|y|en|et)[- ]?data[- ]?mining", r"text-? (?:and|und|en) data[- ]",
        r"\btdm\b", r"data[- ]?mining", r"data mine\b", r"text mining", r"2019/790", r"\b44 ?b\b",
        r"nutzungsvorbehalt", r"datenanalyse im sinne", r"fouille (?:de|des) (?:textes|donn)",
        r"122-5-3",
        r"mineri?a de (?:textos?|datos)", r"estrazione di (?:testo|dati)", r"datamining",
        r"mineracao de (?:textos?|dados)", r"data(?:utvinning|utvinding|analyse af tekst)",
        r"eksplorac\w+ (?:\w+ ){0,3}(?:danych|tekst)",
        r"텍스트.{0,6}데이터.{0,3}마이닝", r"テキスト.{0,8}データ.?マイニング",
        r"数据挖掘|數據挖掘",
    ),
    AI: _any(
        r"artificial(?:ly)? intelligen", r"\ba\.?i\.?\b(?!')", r"\bgen(?:erative)?[ -]?ai\b",
        r"machine[- ]?learning", r"deep[- ]learning", r"language models?", r"\bllms?\b",
        r"neural net", r"foundation models?", r"kunstliche\w{0,2} intelligenz", r"\bki\b",
        r"\bki-", r"maschinelle\w? lernen", r"sprachmodell", r"intelligences? artificielles?",
        r"\bia\b", r"apprentissage (?:automatique|machine|profond)", r"modeles? de langage",
        r"modeles? d'ia", r"inteligencia artificial", r"aprendizaje (?:automatico|de maquina)",
        r"modelos? de lenguaje", r"intelligenza artificiale", r"apprendimento automatico",
        r"kunstmatige intelligentie", r"\btrain(?:ing)?\b.{0,60}\bmodels?\b",
        r"aprendi(?:zado de maquina|zagem automatica)", r"modelos? de linguagem",
        r"kunstig intelligens", r"artificiell intelligens", r"maskin(?:laring|læring|inlarning)",
        r"spr(?:og|ak)model", r"sztuczn\w+ inteligencj", r"uczeni\w+ maszynow",
        r"ai\W{0,2}(?:의 )?(?:학습|훈련|데이터|개발|모델)", r"인공지능", r"기계 ?학습",
        r"ai\s?等?(?:の|を|による|への|に)?(?:学習|訓練|開発|利用|モデル)",
        r"人工知能", r"機械学習", r"人工智[能慧]", r"机器学习|機器學習",
        r"ai\s?的?(?:训练|訓練|大?模型|学习|學習)",
    ),
}  # fmt: skip
"""What is refused, by the kinds of the Data Provenance Initiative's taxonomy."""
_FORBIDDEN_ACTS: Final = (
    r"(?:be )?(?:us|scrap|crawl|harvest|train|min|copi|copy|reproduc|access|collect|develop|extract"
    r"|feed|ingest|employ|process|permit|allow|authori|consent|grant|agree)"
)
_KOREAN_NO: Final = r"금지|불허|불가(?![피능])|금합니다"
_JAPANESE_NO: Final = r"禁止|禁じ|お断り"
_CHINESE_NO: Final = r"不得|[严嚴]禁"
_RESERVING_VERBS: Final = (
    r"\bbehalt(?:en)? (?:sich|uns|wir uns)\b", r"\bs'oppose", r"\bnous opposons\b",
    r"\b(?:nos oponemos|se opone)\b", r"\bsi riserva", r"\bci riserviamo",
    r"\bbehoud(?:en|t) (?:ons|zich)\b", r"\bopt(?:s|ed|ing)?[- ]?out\b",
    r"\bforbehold", r"\bforbehall", r"\bzastrze[zż]",
    # Their notices at the foot of an article reserve nothing in words: they forbid.
    _KOREAN_NO, _JAPANESE_NO, _CHINESE_NO,
)  # fmt: skip
"""What refuses and, in the voice of the site, reserves."""
REFUSAL: Final = _any(
    *_RESERVING_VERBS,
    r"\b(?:may|must|shall|will) not\b", r"\b(?:can ?not|can't|do not|don't|does not|is not|are not"
    r"|not to|not|never) (?:\w+ly )?" + _FORBIDDEN_ACTS,
    r"\bno (?:part|content|portion|person|one)\b",
    r"\bprohibit", r"\bforbid", r"\breserv(?:e|es|ed|ing|ation)\b", r"\brefus(?:e|es|al|ons)\b",
    r"\b(?:banned|denied|nobody may|neither|shouldn't|mustn't)\b", r"\b(?:is|are|\w+ly) excluded\b",
    r"\bobject(?:s|ion)? to\b", r"\bdisallow",
    r"\bno (?:ai|text|data|tdm|scraping|crawling|machine|training)\b",
    r"\bunder no circumstances\b",
    r"\bwithout (?:\w+ ){0,5}(?:permission|consent|authori[sz]ation|approval|licen[cs]e)",
    r"\buntersag", r"\bverb(?:oten|ieten|ietet)\b", r"\bausgeschlossen\b",
    r"\b(?:unzulassig|vorbehalten|vorbehalt)\b", r"\bnutzungsvorbehalt",
    r"\bnicht (?:\w+ )?(?:gestattet|erlaubt|zulassig|verwendet|genutzt|gestatten|einverstanden)",
    r"\b(?:durfen|darf) (?:\w+ ){0,4}nicht\b", r"\bwiderspr(?:echen|ich|uch|ochen)",
    r"\bkein(?:e|en)? (?:ki|text|data|nutzung)",
    r"\bohne (?:\w+ ){0,5}(?:zustimmung|genehmigung|erlaubnis|einwilligung|lizenz)",
    r"\binterdi(?:t|te|ts|tes|ction|sons)\b", r"\breserv(?:ees|ee|ent|ons)\b",
    r"\bprohibee?s?\b",
    r"\bne (?:peut|peuvent|doit|doivent)\b", r"\bn'(?:est|autorise|autorisons)\b",
    r"\bsans (?:\w+ ){0,5}(?:autorisation|accord|consentement|licence)",
    r"\breservamos\b", r"\bprohib(?:e|id[oa]s?|imos)\b", r"\breserv(?:ad[oa]s?|a)\b",
    r"\bno (?:se |estan? )?(?:permit|autori|podra|puede)", r"\bexcluid[oa]s?\b",
    r"\bsin (?:\w+ ){0,5}(?:autorizacion|permiso|consentimiento|licencia)",
    r"\bproib(?:e|id[oa]s?|imos)\b", r"\bvedad[oa]s?\b",
    r"\bnao (?:e |sao |se )?(?:permit|autoriz)",
    r"\bsem (?:\w+ ){0,5}(?:autorizacao|permissao|consentimento|licenca)",
    r"\b(?:vietat|riservat|esclus)[oaie]\b",
    r"\bnon (?:e |sono |si )?(?:consent|permess|autorizz)",
    r"\b(?:niet toegestaan|verboden|voorbehouden)\b",
    r"\b(?:mag|mogen) (?:\w+ ){0,4}niet\b", r"\bgeen (?:ai|tekst|data)",
    r"\bforbud[td]\b", r"\bforbjud",
    r"\bikke (?:\w+ )?(?:tilladt|tillatt|bruges|brukes|anvendes)\b",
    r"\binte (?:\w+ )?(?:tillatet|anvandas)\b",
    r"\bza(?:bronion|kazan|brania|kazuj)",
)  # fmt: skip
RESERVATION: Final = _any(
    *_RESERVING_VERBS,
    # Not the noun alone: a page about "the TDM reservation protocol" reserves nothing.
    r"(?<![\w-])reserv(?:es?|ed|ing|ees|ee|ons|ad[oa]s?|amos)\b",
    r"\breservations? of (?:\w+ )?rights?\b", r"vorbehalt", r"riservat", r"voorbehouden",
    r"\bno part of (?:this|our|the)\b", r"\b(?:may|must) not be (?:\w+ )?(?:us|scrap|min)ed\b",
)  # fmt: skip
RESERVING: Final = (
    "reserv", "riserv", "behalt", "oppos", "opon", "behoud", "opt", "no part of", "t not be",
    "y not be", "forbehold", "forbehall", "zastrze",
    "금지", "불허", "불가", "금합니다", "禁", "お断り", "不得",
)  # fmt: skip
"""One of these stands in whatever `RESERVATION` matches."""
OWN_VOICE: Final = _any(
    r"\b(?:we|our|us|wir|uns|unser\w{0,2}|nous|notre|nos|nuestr[oa]s?|nostr[oaie]|wij|onze"
    r"|noss[oa]s?|vi|vores)\b",
    r"\b(?:this|these|diese\w?|cette|ces?|est[aeo]s?|quest[aeio]|denne|dette|detta) (?:\w+ )?"
    r"(?:web-? ?sites?|sites?|pages?|publication|work|contents?|webseite"
    r"|angebots?|inhalte?n?|texte?s?|contenus?|sitio|contenidos?|sito|contenuti|conteudos?"
    r"|(?:net|web)(?:sted|side|plats)\w{0,2}|indhold|innhold|innehall)\b",
    r"^\W*(?:\w+\W+){0,4}(?:all|alle|any|tous|todos|tutti|alla|wszelkie|wszystkie)\W+"
    r"(?:\w+\W+){0,3}(?:rights|rechten?|droits|derechos|diritti|direitos|rettigh|rattigh|prawa)",
    r"\b(?:the (?:publisher|owner|author|website|site)|der (?:verlag|betreiber|anbieter)"
    r"|l'(?:editeur|auteur|editore|autore)|el editor|la editorial|de uitgever)\b",
    r"^\W*nutzungsvorbehalt", r"\b(?:expressly|explicitly|hereby) (?:reserve[sd]|opts? out)\b",
    r"\breserve[sd] (?:expressly|explicitly)\b", r"\bausdrucklich\b", r"\bexpressement\b",
    r"\bexpresamente\b", r"\bespressamente\b", r"\buitdrukkelijk\b",
    r"\bexpressamente\b", r"\budtrykkelig", r"\buttrykkelig", r"\buttryckligen\b",
    r"^\W*reservations? of (?:\w+ )?rights?\b", r"^\W*(?:tdm|text and data mining) reserv",
    r"무단 ?(?:전재|복제|배포|사용|이용|수집|학습)", r"저작권자",
    r"본 ?(?:사이트|기사|콘텐츠|저작물|웹)",
    r"無断(?:で|転載|複製|使用|利用)", r"当(?:サイト|社|ウェブ)",
    r"本(?:サイト|記事|ウェブ|コンテンツ)", r"本(?:网站|網站|站|网|網|文|页面)",
    r"未[经經].{0,12}(?:授[权權]|[许許]可|同意)", r"版[权權](?:所有|聲明)",
)  # fmt: skip
REPORTED: Final = _any(
    r"\b(?:said|says?|told|tells|according to|argue[sd]?|arguing|claim(?:s|ed)?"
    r"|report(?:s|ed|edly)?|announce[sd]?|explain(?:s|ed)?|court|judges?|lawsuits?|sued|their|they|he|she|who|if|whether"
    r"|can|could|should|would)\b",
    r"\b(?:laut|sagte?|sagen|erklarte?|zufolge|gerichts?|klage|verlage|wer|wenn|ob|konnen|konnten)\b",
    r"\b(?:selon|affirme|declare|explique|leurs?|ils|tribunal|editeurs|peuvent|pourraient|si)\b",
    r"\b(?:segun|afirma|dijo|explica|editores|ellos|pueden|podrian|secondo|editori)\b",
    r"\b(?:disse|afirmou|segundo|editoras|eles|podem|poderiam)\b",
    r"\b(?:if(?:o|ø)lge|enligt|sagde|sier|siger|kunne|kunde|wed(?:l|ł)ug)\b",
    r"말했다|밝혔다|전했다|보도했|따르면|주장|소송|법원|정부|국회|법안|검토",
    r"によると|によれば|述べ|報じ|発表|訴訟|裁判|政府|法案|検討",
    r"表示[,\uff0c:\uff1a“]|[据據].{0,12}(?:[报報][道導]|[称稱]|悉)|法院|[诉訴][讼訟]|政府|法案",
)  # fmt: skip
"""Talk about the reservations of others: what they did, or what one can do."""
CONDITION: Final = _any(
    r"\bwithout (?:\w+ ){0,5}(?:permission|consent|authori[sz]ation|approval|licen[cs]e|agreement)",
    r"\bunless\b", r"\bexcept (?:as|with|where|for|if)\b", r"\bprior (?:written )?(?:permission|"
    r"consent|approval|authori[sz]ation|agreement)", r"\bsubject to\b", r"\bonly (?:for|with|if)\b",
    r"\bohne (?:\w+ ){0,5}(?:zustimmung|genehmigung|erlaubnis|einwilligung|lizenz)",
    r"\bes sei denn\b", r"\bnur (?:mit|fur|nach)\b", r"\bsans (?:\w+ ){0,5}(?:autorisation|accord|"
    r"consentement|licence)", r"\bsauf\b", r"\bsin (?:\w+ ){0,5}(?:autorizacion|permiso|"
    r"consentimiento|licencia)", r"\bsalvo\b",
    r"\bsem (?:\w+ ){0,5}(?:autorizacao|permissao|consentimento|licenca)",
    r"\buden (?:\w+ ){0,5}(?:tilladelse|samtykke)", r"\buten (?:\w+ ){0,5}(?:tillatelse|samtykke)",
    r"\butan (?:\w+ ){0,5}(?:tillstand|samtycke)", r"\bbez (?:\w+ ){0,5}zgody",
    r"(?:동의|허락|승인|허가) ?없이", r"(?:許可|承諾|許諾)(?:なく|なし)|無断で",
    r"未[经經].{0,12}(?:授[权權]|[许許]可|同意)",
)  # fmt: skip
OFFER: Final = _any(
    r"\bonly (?:with|after|by|under|upon|for|if|to)\b", r"\bfor [\w -]{3,60} only\b",
    r"\brequires? (?:\w+ ){0,6}(?:permission|consent|licen[cs]e|authori[sz]ation|agreement)\b",
    r"\bsubject to (?:\w+ ){0,6}(?:permission|consent|licen[cs]e|agreement|payment|fees?)\b",
    r"\bnur (?:mit|fur|nach)\b", r"\b(?:bedarf|bedurfen|erfordert)\b", r"\buniquement\b",
    r"\bsoumise?s? a\b", r"\bnecessite\b", r"\b(?:solo|unicamente) (?:con|para|previa)\b",
    r"\brequiere\b",
)  # fmt: skip
"""What permits under a condition."""
TRAINING: Final = _any(r"train", r"fine-?tun", r"\bingest", r"entrain", r"entren", r"addestra")
LIFTED: Final = _any(
    r"\bnothing (?:in|here)", r"\b(?:is|are|does|do) not (?:prohibit|forbid|restrict|reserve)",
    r"\bnot (?:prohibited|forbidden|restricted|reserved)", r"\bnicht (?:untersagt|verboten|"
    r"vorbehalten)", r"\bn'est pas (?:interdit|reserve)", r"\bno (?:esta|queda) prohibid",
    r"\bnao (?:e|esta|sao) proibid", r"금지(?:하지|되지) ?않",
    r"禁止(?:しません|されていません|してい?ません)",
)  # fmt: skip
