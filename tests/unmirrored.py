"""Tests that mirror no single file, and what they are about instead; names may be patterns."""

from typing import Final

UNMIRRORED: Final = {
    "tests/test_house.py": "is about every file",
    "tests/crawls/*": "whole crawls, judged by what servers, files and ledger saw",
    "tests/clients/*": "the output, read by the programs it is meant for",
    "tests/bench/*": "speed, measured over all rooms",
    "tests/mocksite/*": "tests of the tests' own site",
    "tests/policy/test_signal_cases.py": "runs the case tables of all signals",
    "tests/policy/test_vectors.py": "runs the agreed vectors of all signals",
    "tests/policy/test_robots_cases.py": "runs the agreed robots.txt cases",
    "tests/policy/test_properties.py": "what holds of every decision, whatever the signals",
    "tests/policy/test_mutations.py": "what no broken input may do, whatever the signal",
    "tests/policy/test_training_preference.py": "a signal whose token is configured, not carried",
    "tests/capture/test_components.py": "pipelines and extension, joined as Scrapy joins them",
    "tests/deploy/*": "what operators install, checked by the programs that it is for",
    "tests/extract/test_gold.py": "the extractors against text that people marked",
    "tests/fetch/test_answers.py": "exchanges that end well, through all of fetch",
    "tests/fetch/test_broken_answers.py": "exchanges that do not",
    "tests/fetch/test_guard.py": "the guard, by what a canary sees",
    "tests/fetch/test_tls.py": "verification, against real certificates",
    "tests/frontier/test_kill.py": "the queue under kill -9",
    "tests/cli/test_postgres.py": "import, audit, report and changes on the other database",
    "tests/ledger/test_decisions.py": "what is kept of decisions, through store and schema",
    "tests/ledger/test_processes.py": "the ledger under kill -9 and two writers",
    "tests/corpus/test_running.py": "verify beside a job at work, after its kill and at its end",
    "tests/corpus/test_readers.py": "what readers of other makers see of the same records",
    "tests/stores/test_reading.py": "what every store does alike",
    "tests/ledger/test_questions.py": "imports, reports and changes on both databases",
    "tests/stores/test_publishing.py": "whole crawls into a real S3 server",
    "tests/settings/*": "settings are values; what they add up to is tested as a whole",
}
