"""How often the page of a listing is looked at: counted by week, without a person, an address or a cookie (docs/adr/0019-looks.md)."""
