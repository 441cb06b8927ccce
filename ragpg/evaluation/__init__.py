"""Measures retrieval and checks answers against a file of cases."""
