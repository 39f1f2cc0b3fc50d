"""The speed benchmark; `benchmarks/speed.py` is its command."""
