"""`heed export`: a corpus's lists made again, and its other forms: columnar index, WACZ."""

import json
from typing import Annotated

import typer


def export(
    corpus: Annotated[str, typer.Argument(help="A corpus: a folder, or s3://bucket/prefix.")],
    parquet_index: Annotated[
        bool, typer.Option("--parquet-index", help="Common Crawl's columnar index as well.")
    ] = False,
    wacz: Annotated[bool, typer.Option("--wacz", help="A WACZ file for each crawl.")] = False,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="The whole manifest anew, from the files.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write missing indexes, the manifest, path lists and data card; more where asked for."""
    from crawler.clock import SystemClock, iso_milliseconds, moment
    from crawler.corpus.export import Wanted
    from crawler.corpus.export import export as make

    wanted = Wanted(table=parquet_index, wacz=wacz, manifest=manifest)
    written = []
    for path in make(corpus, wanted, iso_milliseconds(moment(SystemClock().now()))):
        written.append(path)
        if not as_json:
            print(path)
    if as_json:
        print(json.dumps({"corpus": corpus, "written": written}))
