"""English word lists, units, number words, months and abbreviations, as named data.

Each module holds one kind and computes nothing. Patterns stay beside the code that matches them.
`wordnet.tsv`, made by `tools/lexicon.py`, has a word in each line, then in columns its parts of
speech, what it is an irregular form of, synonyms, antonyms, derived words, and more general words.
Lists of the same kind that differ stand in the same module, with a line that says why.
"""
