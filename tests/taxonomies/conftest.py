from tests.directory.conftest import editor, needs, organisation, partner, service, system

__all__ = ["editor", "needs", "organisation", "partner", "service", "system"]
