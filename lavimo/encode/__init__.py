"""The encoders: captions, motions and videos to one space; what goes in, and what is left after training.

Each encoder is a module with two functions. `collate(items, rngs)` makes its inputs of what clips have: reading,
cropping and augmenting are its own business; without generators it does what tests ask for. `forward(inputs)` encodes
them.
"""
