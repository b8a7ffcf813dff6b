"""Proof by real processes: nothing is lost or doubled, whoever dies and whenever."""
