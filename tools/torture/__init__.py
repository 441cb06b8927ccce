"""Kills commands, sessions and servers at random moments, and looks for what that breaks."""
