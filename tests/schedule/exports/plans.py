"""A plan with every kind of cron line, for those who export it."""

from pathlib import Path

from crawler.config.file import read_file
from crawler.schedule.jobs import Plan, make_plan

JOBS = """
[[crawl]]
name = "nightly"
seeds_file = "seeds.txt"
cron = "15 2 * * mon-fri"
timezone = "Europe/Berlin"
jitter = 300
[[crawl]]
name = "half.hourly"
seeds = ["https://a.example/"]
cron = "*/30 0-3 1,15 * 7"
[[audit]]
name = "weekly_audit"
sites = ["a.example"]
cron = "0 4 * * 7"
report = "report"
"""


def plan_in(folder: Path, text: str = JOBS) -> Plan:
    """The plan of a heed.toml with `text`, written to `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "heed.toml").write_text(text, "utf-8")
    (folder / "seeds.txt").write_text("https://b.example/\n", "utf-8")
    return make_plan(read_file(folder / "heed.toml"))


def one_line(folder: Path, cron: str, zone: str = "UTC") -> Plan:
    """A plan of one crawl on that cron line."""
    text = '[[crawl]]\nname = "one"\nseeds = ["a.example"]\n'
    return plan_in(folder, f'{text}cron = "{cron}"\ntimezone = "{zone}"\n')
