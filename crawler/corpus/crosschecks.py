"""Questions that the files of a corpus answer together; each answer is a fault.

Every question gives path, record and what is wrong. Files under writing are looked up but not
accused: what is still to come may put them right.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from crawler.corpus.evidence import Evidence
from crawler.corpus.faults import Fault

_RECORD: Final = "'record at byte ' || r.offset || ' ' || r.id"
_ROW: Final = "'line ' || w.line || ' ' || w.id"
_LINE: Final = "'line ' || l.line"
_OF_RECORD: Final = "JOIN file f ON f.number = r.file AND NOT f.open"
_OF_ROW: Final = "JOIN file f ON f.number = w.file AND NOT f.open"
_OF_LINE: Final = "JOIN file f ON f.number = l.file AND NOT f.open"

_TWICE: Final = {
    "a WARC-Record-ID is there once": f"""
        SELECT f.path, {_RECORD}, 'another record has the same WARC-Record-ID'
        FROM (SELECT id FROM record GROUP BY id HAVING count(*) > 1) d
        JOIN record r ON r.id = d.id {_OF_RECORD}""",
}  # fmt: skip

_RECORDS: Final = {
    "records name the warcinfo of their file": f"""
        SELECT f.path, {_RECORD}, 'its WARC-Warcinfo-ID is not that of its file'
        FROM record r {_OF_RECORD}
        WHERE r.kind <> 'warcinfo' AND NOT EXISTS (
            SELECT 1 FROM record i
            WHERE i.id = r.warcinfo AND i.kind = 'warcinfo' AND i.file = r.file)""",
    "an exchange has its companions": f"""
        SELECT f.path, {_RECORD}, 'it has ' || n || ' ' || k || ' records, not one'
        FROM (
            SELECT r.*, k.kind AS k, (
                SELECT count(*) FROM companion c
                WHERE c.concurrent = r.id AND c.kind = k.kind AND c.file = r.file) AS n
            FROM record r CROSS JOIN (SELECT 'request' AS kind UNION SELECT 'metadata') k
            WHERE r.kind IN ('response', 'revisit')) r {_OF_RECORD}
        WHERE n <> 1""",
    "a companion has its exchange": f"""
        SELECT f.path, {_RECORD},
            'its WARC-Concurrent-To names no record of its file'
        FROM companion r {_OF_RECORD}
        WHERE NOT EXISTS (
            SELECT 1 FROM record x WHERE x.id = r.concurrent AND x.file = r.file
            AND x.kind IN ('response', 'revisit'))""",
    "a revisit refers to a record": f"""
        SELECT f.path, {_RECORD}, CASE
            WHEN x.id IS NULL THEN 'it refers to ' || r.refers || ', which is no response here'
            WHEN x.payload IS NOT r.payload THEN 'its payload is not that of what it refers to'
            ELSE 'WARC-Refers-To-Target-URI or -Date is not that of what it refers to' END
        FROM record r {_OF_RECORD}
        LEFT JOIN record x ON x.id = r.refers AND x.kind = 'response'
        WHERE r.kind = 'revisit' AND (x.id IS NULL OR x.payload IS NOT r.payload
            OR x.url IS NOT r.refers_url OR x.date IS NOT r.refers_date)""",
}  # fmt: skip

_COMPARED: Final = {
    "file_path": ("w.path", "(SELECT p.path FROM file p WHERE p.number = r.file)"),
    "metadata.warc_offset": ("w.offset", "r.offset"),
    "metadata.warc_length": ("w.length", "r.length"),
    "url": ("w.url", "r.url"),
    "date": ("w.date", "r.date"),
    "metadata.payload_digest": ("w.payload", "r.payload"),
    "metadata.http_status": ("w.status", "r.status"),
    # A record may be whole as sent, and its text cut where it unpacks to more than is read.
    "metadata.truncated": ("w.truncated", "max(w.truncated, r.truncated)"),
}
"""What a row says of its record, and the record of itself."""

_ROWS: Final = {
    "a row has its record": f"""
        SELECT f.path, {_ROW}, 'no response record has this id'
        FROM row w {_OF_ROW}
        WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = w.id AND r.kind = 'response')""",
    "a record has one row": f"""
        SELECT f.path, {_ROW}, 'another row has the same id'
        FROM (SELECT id FROM row GROUP BY id HAVING count(*) > 1) d
        JOIN row w ON w.id = d.id {_OF_ROW}""",
    **{
        f"{name} is that of the record": f"""
        SELECT f.path, {_ROW}, '{name} is ' || {said} || ', that of its record ' || {held}
        FROM row w {_OF_ROW} JOIN record r ON r.id = w.id AND r.kind = 'response'
        WHERE {said} IS NOT {held}"""
        for name, (said, held) in _COMPARED.items()
    },
    "a row's states are those of the metadata record": f"""
        SELECT f.path, {_ROW}, 'metadata.rights_uses is not what its metadata record says'
        FROM row w {_OF_ROW} JOIN companion c ON c.concurrent = w.id AND c.kind = 'metadata'
        JOIN record m ON m.id = c.id AND m.file = c.file AND m.offset = c.offset
        WHERE m.states IS NOT w.states""",
    "a row has one text in WET": f"""
        SELECT f.path, {_ROW}, 'wet/ has ' || n || ' records of its text, not one'
        FROM (
            SELECT w.*, (
                SELECT count(*) FROM record x WHERE x.kind = 'conversion' AND x.refers = w.id) AS n
            FROM row w) w {_OF_ROW}
        WHERE n <> 1""",
    "a text in WET is that of a row": f"""
        SELECT f.path, {_RECORD}, CASE
            WHEN w.id IS NULL THEN 'no row has its text'
            WHEN w.url IS NOT r.url THEN 'its WARC-Target-URI is not that of its row'
            ELSE 'its text is not that of its row' END
        FROM record r {_OF_RECORD} LEFT JOIN row w ON w.id = r.refers
        WHERE r.kind = 'conversion' AND (w.id IS NULL OR w.text_sha256 IS NOT r.text_sha256
            OR w.url IS NOT r.url)""",
}  # fmt: skip

_SAID: Final = {
    "length": ("l.length", "r.length"),
    "url": ("l.url", "r.url"),
    "digest": ("l.payload", "r.payload"),
    "status": ("l.status", "CAST(r.status AS TEXT)"),
    "time": (
        "l.date",
        "substr(replace(replace(replace(r.date, '-', ''), 'T', ''), ':', ''), 1, length(l.date))",
    ),
}
"""What a line of an index says of a record, and the record of itself."""

_PLACE: Final = """
        JOIN file p ON p.path = l.path JOIN record r ON r.file = p.number
            AND r.offset = l.offset AND r.kind IN ('response', 'revisit')"""

_LINES: Final = {
    "an index line points to a record": f"""
        SELECT f.path, {_LINE}, 'no record stands at ' || l.path || ', byte ' || l.offset
        FROM line l {_OF_LINE}
        WHERE NOT EXISTS (
            SELECT 1 FROM record r JOIN file p ON r.file = p.number
            WHERE p.path = l.path AND r.offset = l.offset AND r.kind IN ('response', 'revisit'))""",
    **{
        f"{name} is that of the record": f"""
        SELECT f.path, {_LINE}, '{name} is ' || {said} || ', that of its record ' || {held}
        FROM line l {_OF_LINE} {_PLACE}
        WHERE {said} IS NOT {held}"""
        for name, (said, held) in _SAID.items()
    },
    "a kept page has one index line": f"""
        SELECT f.path, {_RECORD}, 'the index has ' || n || ' lines for it, not one'
        FROM (
            SELECT r.*, (
                SELECT count(*) FROM line l JOIN file p ON p.path = l.path
                WHERE p.number = r.file AND l.offset = r.offset) AS n
            FROM record r JOIN file k ON k.number = r.file AND k.kind = 'warc'
            WHERE r.kind IN ('response', 'revisit')) r {_OF_RECORD}
        WHERE n <> 1 AND EXISTS (SELECT 1 FROM file i WHERE i.path = f.listed_in)""",
}  # fmt: skip

CORPUS: Final = {**_TWICE, **_RECORDS, **_ROWS, **_LINES}
"""What must hold of a corpus."""

ARCHIVE: Final = {
    "a WARC-Record-ID is there once in a file": f"""
        SELECT f.path, {_RECORD}, 'another record of this file has the same WARC-Record-ID'
        FROM (SELECT file, id FROM record GROUP BY file, id HAVING count(*) > 1) d
        JOIN record r ON r.id = d.id AND r.file = d.file {_OF_RECORD}""",
}
"""What must hold of any WARC files, of which some may be copies of others."""


def cross_check(evidence: Evidence, questions: Mapping[str, str]) -> Iterator[Fault]:
    """A fault for each answer to `questions`."""
    for question in questions.values():
        for path, record, what in evidence.ask(question):
            yield Fault(path, record, what)
