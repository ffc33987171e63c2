//! A progress bar for whoever waits longer than a second, and the flag that an interrupt sets.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scan::Progress;

/// How long a person waits without a sign.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// A running bar; ends when dropped, leaving nothing on the screen.
pub(super) struct Bar {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Watches a scan; the bar comes up after a second.
    pub(super) fn watch(progress: &Arc<Progress>) -> Self {
        let (end, ended) = channel::<()>();
        let progress = Arc::clone(progress);
        let thread = std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let (files, bytes) = (progress.files.load(Ordering::Relaxed), progress.bytes.load(Ordering::Relaxed));
                bar.set_message(format!("scanned {} files, {}", HumanCount(files), HumanBytes(bytes)));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Lets Ctrl-C and a termination request end the scan; a second one ends the process at once.
pub(super) fn stop_on_interrupt(progress: &Arc<Progress>) {
    let progress = Arc::clone(progress);
    let _ = ctrlc::set_handler(move || {
        if progress.stop.swap(true, Ordering::Relaxed) {
            #[allow(clippy::exit, reason = "the person asked twice")]
            std::process::exit(i32::from(super::INTERRUPTED));
        }
    });
}
