"""What the developers' page tells of /oruk/, beside the published documents."""

LISTS = (
    ("services", "Services; one alone comes with its places, times, areas, contacts, prices and needs."),
    ("service_at_locations", "Services at their places, for maps and for searching around a postcode."),
    ("organizations", "The groups behind them; full_service=true has their services whole."),
    ("taxonomies", "Our one taxonomy of needs."),
    ("taxonomy_terms", "Four elements and the needs below them; top_only and parent_id choose."),
)
FILTERS = (
    ("search", "Up to ten words; each must stand somewhere in the name, the text, the group, a need or a place.", "search=lunch"),
    ("taxonomy_term_id", "For this need. An element finds all needs below it. Several ids, parted by commas: one is enough.", ""),
    ("taxonomy_id", "For any need of this taxonomy.", ""),
    ("organization_id", "Of this organisation.", ""),
    ("modified_after", "Changed at or after this day or moment; without a time zone it is UTC.", "modified_after=2026-03-15T10:30:00Z"),
    ("minimum_age, maximum_age", "With a lowest age of at least so many years, or a highest of at most so many.", "minimum_age=60"),
    ("day, start_time, end_time", "With a regular time on that day that begins and ends within these hours.", "day=TU&start_time=10:00"),
    ("postcode", "Covering this postcode. Who does not say what they cover is not left out.", "postcode=HD7+5AA"),
    ("proximity", "With a place so many metres at most from the middle of that postcode.", "postcode=HD7+5AA&proximity=3000"),
    ("full", "Lists of whole records.", "full=true"),
    ("minimal", "Services as ids and the moments of their last change, all on one page.", "minimal=true"),
    ("format", "ndjson sends everything that fits, one record in a line.", "format=ndjson&full=true"),
)
OWN_KEYS = (
    ("ccs_page", "The listing's page here."),
    ("ccs_summary", "The service in one plain sentence; description begins with it."),
    ("ccs_kind", "service, activity, group, helpline or information; of an organisation, what sort of group it is."),
    ("ccs_delivery", "How it reaches people: place, home, online, phone, outreach."),
    ("ccs_what_you_get, ccs_who_for, ccs_not_for, ccs_how_to_access, ccs_next_step, ccs_what_to_bring", "Each in words of its own."),
    ("ccs_referral_route, ccs_takes_referrals", "Who can ask: none needed, self or professional; and whether referrals come through us."),
    ("ccs_free, ccs_cost, ccs_paid_by, ccs_concession", "What it costs and who pays."),
    ("ccs_closures, ccs_term_time_only, ccs_closed_on_bank_holidays", "When regular times do not hold."),
    ("ccs_district, ccs_around, ccs_area_code, ccs_everywhere", "What an area is, where the standard has a name or an outline only."),
    ("ccs_address, ccs_postcode, ccs_found_by", "A place's address as it was given, and how its position was found."),
    ("ccs_fact, ccs_value", "A fact about getting in, yes or no. What is missing is not known."),
    ("ccs_source, ccs_source_id, ccs_source_date, ccs_licence", "Where a listing comes from, and under which licence."),
    ("ccs_notice_until, ccs_visible_to, ccs_checked_how", "Until when it holds, and how it was checked on assured_date."),
    ("ccs_replaces", "Ids of organisations that became part of this one."),
    ("ccs_ours, ccs_demo, ccs_networks", "The co-op's own; invented for a demonstration; networks it belongs to."),
)
