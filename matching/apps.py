from datetime import timedelta

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.journal.verifying import register_heads, register_replay
        from directory.merging.hands import when_hands_change
        from matching import lapsing, relations, replays
        from matching.asking import call_backs, keeping
        from matching.asking import codes as asking_codes
        from matching.asking import desk as asking_desk
        from matching.befriending import groups as small_groups
        from matching.befriending import mails as group_mails
        from matching.offering import mails
        from matching.referring import asking_providers, keepers
        from matching.referring import checks as referral_checks
        from matching.referring import mails as referral_mails
        from matching.referring import replay as referral_replay
        from matching.sheets import flow as sheets_flow
        from matching.statistics import releases
        from matching.visiting import series, trial
        from matching.volunteering import running_out, standing

        relations.register()
        replays.register()
        referral_mails.register()
        referral_checks.register()
        register_daily("call_backs_not_reached", call_backs.give_up_some)
        register_daily("call_backs_erased", call_backs.erase_some)
        register_daily("enquiries_half_filled", keeping.forget_some, every=timedelta(minutes=5))
        register_daily("enquiries_not_reached", asking_desk.give_up_some)
        register_daily("enquiries_erased", asking_desk.erase_some)
        register_daily("enquiry_codes_forgotten", asking_codes.forget_some)
        register_daily("volunteers_back", standing.come_back_some)
        register_daily("sheets_erased", sheets_flow.forget_some)
        register_daily("rechecks_told", running_out.tell_rechecks)
        register_daily("trainings_told", running_out.tell_trainings)
        mails.register()
        group_mails.register()
        asking_providers.register()
        register_daily("offers_not_answered", lapsing.lapse_some, every=timedelta(minutes=5))
        register_daily("groups_not_answered", small_groups.lapse_some)
        register_daily("visits_planned_ahead", series.plan_ahead_some, hour=1)
        register_daily("reviews_due", trial.ask_both_some, hour=1)
        when_hands_change(keepers.what_they_read)
        register_heads("releases", releases.heads)
        register_replay("referrals", referral_replay.replay_referrals)
        register_replay("releases", releases.replay)
