"""`manage.py train_needs`: trains the model of needs on the phrases that ship, and says honestly how good it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import needs_training
from search.needs_model import SHIPPED


class Command(BaseCommand):
    help = "Train the model of needs on search/data/phrases, write search/data/needs_model.npz, and print its figures. Needs scikit-learn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--figures", action="store_true", help="cross-validate on the phrases too (five more trainings, some minutes)")

    def handle(self, *args: Any, figures: bool, **options: Any) -> None:
        try:
            import sklearn  # noqa: F401
        except ImportError as missing:
            raise CommandError("Training needs scikit-learn: pip install 'carestore[dev]'.") from missing
        given = needs_training.phrases()
        self.stdout.write(f"Training on {len(given):,} phrases …")
        model = needs_training.train(given)
        model.save(SHIPPED)
        asked = needs_training.golden()
        self.stdout.write(
            f"Golden set ({len(asked)}, never trained on): {needs_training.figures(needs_training.answers(model, asked), asked)}"
        )
        for fold, found in enumerate(needs_training.cross_validate(given) if figures else (), start=1):
            self.stdout.write(f"Held-out fifth {fold} ({found.count}): {found}")
