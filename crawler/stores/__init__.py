"""Where finished files go: a local folder, or an S3 bucket by way of a local spool."""
