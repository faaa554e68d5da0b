"""Building and running the suite: see `setup/lib/build.py` for the API."""
