"""`manage.py benchmark_search`: listings made up across Great Britain, both engines built from them and asked beside bare ones."""
