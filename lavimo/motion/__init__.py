"""SMPL motions: what one is, where they come from (one adapter a data source), and their features."""
