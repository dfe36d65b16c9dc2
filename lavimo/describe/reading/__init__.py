"""English queries, read: which facts they ask for."""
