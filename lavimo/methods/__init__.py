"""The methods: what a model is trained to do. A method owns its encoders and heads, reads like its paper's equations,
and knows no files."""
