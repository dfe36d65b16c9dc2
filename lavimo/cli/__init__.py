"""The command line, a file for each thing that people want: data, pictures, model, tables, look.

A command is a function with annotated parameters; it reads its options, imports the stage that does the work, and calls
it. Snakemake's rules call nothing else.
"""
