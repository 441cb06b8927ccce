"""True and spoiled claims made from documents, and how the check of claims judges them."""
