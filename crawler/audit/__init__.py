"""The audit: what each of thousands of sites says, asked politely, kept in the ledger."""
