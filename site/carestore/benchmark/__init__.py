"""How fast the pages of partners and staff and the open data are with a large directory: `manage.py benchmark_directory`."""
