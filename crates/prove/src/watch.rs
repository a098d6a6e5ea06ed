//! Whoever waits for a search: hears what is being tried, and may ask for an end. Then searches give the best that they have
//! found, and proofs take what is left of the domain as it is: bounds are as right, and less tight.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a waiter and the searches know of each other.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    trying: Mutex<BTreeMap<String, String>>,
}

impl Watch {
    /// Asks all searches that are watched to end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether they were asked to.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What is being tried, by the name of the search, in the order of names.
    pub fn trying(&self) -> Vec<(String, String)> {
        let trying = self.trying.lock().unwrap_or_else(PoisonError::into_inner);
        trying.iter().map(|(name, what)| (name.clone(), what.clone())).collect()
    }

    fn set(&self, name: &str, what: Option<&str>) {
        let mut trying = self.trying.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Some(what) => trying.insert(name.to_owned(), what.to_owned()),
            None => trying.remove(name),
        };
    }
}

/// A watch, and the name under which this thread's search is known to it.
pub(crate) type Watched = Option<(Arc<Watch>, String)>;

thread_local! {
    static WATCHED: RefCell<Watched> = const { RefCell::new(None) };
}

/// Runs `body`, a search of that name, under a watch.
pub fn watched<R>(watch: &Arc<Watch>, name: &str, body: impl FnOnce() -> R) -> R {
    watch.set(name, Some(""));
    let result = under(Some((Arc::clone(watch), name.to_owned())), body);
    watch.set(name, None);
    result
}

/// Runs `body` under the watch of the thread that hands it out.
pub(crate) fn under<R>(watched: Watched, body: impl FnOnce() -> R) -> R {
    struct RestoreWatch(Watched);
    impl Drop for RestoreWatch {
        fn drop(&mut self) {
            WATCHED.replace(self.0.take());
        }
    }
    let _restore = RestoreWatch(WATCHED.replace(watched));
    body()
}

/// The watch of this thread.
pub(crate) fn current() -> Watched {
    WATCHED.with_borrow(Clone::clone)
}

/// Whether this thread's search is to end.
pub fn stopped() -> bool {
    WATCHED.with_borrow(|watched| watched.as_ref().is_some_and(|(watch, _)| watch.is_stopped()))
}

/// Tells whoever watches what this thread tries now.
pub fn trying(what: impl FnOnce() -> String) {
    WATCHED.with_borrow(|watched| {
        if let Some((watch, name)) = watched {
            watch.set(name, Some(&what()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_is_heard_within_and_on_threads_that_are_handed_it() {
        let watch = Arc::new(Watch::default());
        watched(&watch, "a/b", || {
            trying(|| "graded".to_owned());
            assert_eq!(watch.trying(), [("a/b".to_owned(), "graded".to_owned())]);
            assert!(!stopped());
            watch.stop();
            let handed = current();
            assert!(stopped() && std::thread::spawn(|| under(handed, stopped)).join().unwrap());
        });
        assert!(!stopped() && watch.trying().is_empty());
    }
}
