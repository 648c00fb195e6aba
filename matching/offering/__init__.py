"""How an offer reaches a volunteer: how often somebody is asked, how long an answer may take, what they see, what they are written."""
