"""Pictures of animated avatars."""
