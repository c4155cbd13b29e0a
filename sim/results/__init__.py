"""What a run leaves behind: its schema, its measures, its store."""
