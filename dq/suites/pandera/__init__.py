"""pandera's schemas, as suites; and contracts, as pandera's schemas. pandera is imported only to run what is Python."""
