//! From bytes to history: reads reports, resolves their paths and records them.
