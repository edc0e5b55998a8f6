//! Who wants to know that something happens to uploads: open pages.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

/// Projects whose last event is remembered: with more, the oldest is forgotten, and whoever follows it asks less often.
const PROJECTS: usize = 1000;

/// The last thing that happened in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts up with each event of the server.
    pub count: u64,
    /// The run.
    pub run: u64,
    /// `received`, `processing` or `stored`.
    pub state: &'static str,
    /// Uploads of the whole server that are not read yet.
    pub waiting: u64,
}

/// The last thing that happened in each project.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    count: u64,
    projects: HashMap<String, Event>,
}

impl Progress {
    /// What happened last in a project since the server started.
    pub fn of(&self, project: &str) -> Option<&Event> {
        self.projects.get(project)
    }

    fn add(&mut self, project: &str, run: u64, state: &'static str, waiting: u64) {
        self.count += 1;
        if self.projects.len() >= PROJECTS
            && let Some(oldest) =
                self.projects.iter().min_by_key(|(_, event)| event.count).map(|(name, _)| name.clone())
        {
            self.projects.remove(&oldest);
        }
        self.projects.insert(project.to_owned(), Event { count: self.count, run, state, waiting });
    }
}

/// Where events are told. Cheap to clone: all clones are the same place.
#[derive(Debug, Clone)]
pub struct Announcer(Arc<watch::Sender<Progress>>);

impl Default for Announcer {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Progress::default())))
    }
}

impl Announcer {
    /// Tells that something happened to an upload of a run.
    pub fn tell(&self, project: &str, run: u64, state: &'static str, waiting: u64) {
        self.0.send_modify(|progress| progress.add(project, run, state, waiting));
    }

    /// Wakes all who follow, so that they notice that the server stops.
    pub fn wake(&self) {
        self.0.send_modify(|_| {});
    }

    /// Follows what happens from now on.
    pub fn follow(&self) -> watch::Receiver<Progress> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_project_has_its_last_event() {
        let announcer = Announcer::default();
        let mut follower = announcer.follow();
        assert!(!follower.has_changed().unwrap());
        announcer.tell("shop", 1, "processing", 2);
        announcer.tell("shop", 1, "stored", 1);
        announcer.tell("web", 7, "stored", 0);
        assert!(follower.has_changed().unwrap());
        let progress = follower.borrow_and_update();
        let shop = progress.of("shop").unwrap();
        assert_eq!((shop.run, shop.state, shop.count), (1, "stored", 2));
        assert_eq!(progress.of("none"), None);
    }

    #[test]
    fn only_so_many_projects_are_remembered() {
        let mut progress = Progress::default();
        for project in 0..PROJECTS + 5 {
            progress.add(&project.to_string(), 1, "stored", 0);
        }
        assert_eq!((progress.projects.len(), progress.of("0")), (PROJECTS, None));
    }
}
