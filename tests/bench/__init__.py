"""Benchmarks: our code against a named reference, both measured in the same run."""
