"""The page, the tables and the exports of a run."""
