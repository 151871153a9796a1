"""What an operator watches: events in the log, and numbers for Prometheus."""
