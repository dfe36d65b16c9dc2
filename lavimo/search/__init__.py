"""A library of motions that one can search: by words, by a video, by a motion, by a picture of a pose, or a mix.

`index` reads folders into a store (a folder of files, or PostgreSQL with pgvector); `Library` answers queries from it.
"""
