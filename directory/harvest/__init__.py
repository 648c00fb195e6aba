"""Other directories' feeds (Open Referral UK, versions 1 and 3) brought in page by page, followed, and never trusted."""
