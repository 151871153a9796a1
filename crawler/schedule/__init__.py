"""From cron lines to runs: when a job is due, its process, its record, and whom to tell."""
