"""The page on which people search a library, and the interface for programs behind it.

`server` answers; what a stranger sends is opened by `sandbox`, a process of its own with limits, and never here.
"""
