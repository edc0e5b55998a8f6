//! The static report: one run's pages, read from the history and rendered by the app's own components.
