"""States, blocs and what stands for them: written data files, the forms made from them, their matcher."""

GAZETTEER_DATE = "2026-11-22"
"""The day of the gazetteer's last review; an article whose day is unknown is read on it."""
