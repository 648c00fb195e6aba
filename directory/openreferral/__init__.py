"""Open Referral UK 3.0 out: what may go out of the directory to everybody, as records, lists, one stream and one table."""
