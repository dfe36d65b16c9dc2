"""The judge of generated motions: how near they are to real ones, and to the words that they were made of."""
