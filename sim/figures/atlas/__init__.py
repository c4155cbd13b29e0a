"""The map in its parts: the sheet, the marks on it, their names, and what the instants of a mean day show."""
