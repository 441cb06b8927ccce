"""English word lists, units, number words, months and abbreviations, as named data.

Each module holds one kind and computes nothing. Patterns stay beside the code that matches them.
Lists of the same kind that differ stand in the same module, with a line that says why.
"""
