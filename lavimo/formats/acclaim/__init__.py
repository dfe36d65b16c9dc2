"""Acclaim's ASF and AMC, the CMU database's own: a skeleton a subject, a file of frames a trial."""
