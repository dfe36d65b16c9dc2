"""The version of each stage's output: raise it when the same input would give another output.

Snakemake does not see edits of the package; this number, handed to every job as a parameter, is how it learns of them.
"""

VERSIONS = {
    "verify": 1,
    "catalogue": 2,
    "ingest": 2,
    "featurize": 2,
    "measure": 1,
    "animate": 1,
    "render": 1,
    "sample_frames": 1,
    "embed_texts": 1,
    "train": 1,
    "embed": 1,
    "evaluate": 1,
    "tabulate": 1,
    "report": 1,
}
