"""From a full basket to a paid order."""
