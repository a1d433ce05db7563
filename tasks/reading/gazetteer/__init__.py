"""States, blocs and what stands for them: written data files, the forms made from them, their matcher."""

GAZETTEER_DATE = "2026-11-22"
"""The day up to which memberships and offices are known; what has no date of its own is taken to be read then."""
