"""The parts of `bench/compare` and `bench/world`: standard library alone."""
