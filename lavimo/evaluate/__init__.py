"""Ranks, protocols and tables: retrieval scores from embeddings. Knows no modality, needs numpy only."""
