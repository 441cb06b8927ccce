"""What ragpg does, each operation readable as one paragraph, over protocols."""
