//! Stories that read afterwards what was logged meanwhile, and whether something panicked.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// What the threads of one story have logged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// All lines so far.
    pub(crate) fn read(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panicked with it")).into_owned()
    }
}

impl io::Write for Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked with it").extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a story on threads of its own, whose logs it is given: of ours everything, of others what matters. A panic on one of
/// them fails it, wherever it was caught.
pub(crate) fn watched(name: &'static str, story: impl AsyncFnOnce(Logs)) {
    let logs = Logs::default();
    let writer = logs.clone();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let ours = Targets::new().with_default(LevelFilter::INFO).with_target("bullpen", LevelFilter::TRACE);
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(ours).with(lines));
    let panics: Arc<Mutex<Vec<String>>> = Arc::default();
    let (told, usual) = (Arc::clone(&panics), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some(name) {
            told.lock().expect("nobody panicked with it").push(panic.to_string());
        }
        usual(panic);
    }));
    let _here = tracing::dispatcher::set_default(&dispatch);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name(name)
        .enable_all()
        // For as long as the thread lives.
        .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&dispatch)))
        .build()
        .expect("a runtime");
    runtime.block_on(story(logs));
    drop(runtime);
    let panics = panics.lock().expect("nobody panicked with it");
    assert!(panics.is_empty(), "{panics:#?}");
}
