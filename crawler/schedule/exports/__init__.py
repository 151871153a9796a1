"""A plan as files for who starts commands on time: systemd, cron, Kubernetes."""
