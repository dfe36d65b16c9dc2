"""What the demo's person can do: score-writing functions by limb, and the words for them (`actions.yaml`)."""
