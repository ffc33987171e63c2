//! A progress bar for whoever waits longer than a second, and the flag that an interrupt sets.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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
        let since = Instant::now();
        let thread = std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                bar.set_message(told(&progress, since.elapsed()));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Self { end: Some(end), thread: Some(thread) }
    }
}

/// What has been done in that time: files of a tree, or objects of a repository.
fn told(progress: &Progress, time: Duration) -> String {
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let (files, bytes, objects, total) = (load(&progress.files), load(&progress.bytes), load(&progress.objects), load(&progress.total));
    if objects == 0 {
        return format!("scanned {} files, {}", HumanCount(files), HumanBytes(bytes));
    }
    let speed = bytes / (time.as_millis() as u64).max(1) * 1000;
    let of = if total > 0 { format!(" of {}", HumanCount(total)) } else { String::new() };
    let found = load(&progress.findings);
    format!("scanned {}{of} objects, {}, {}/s, {} with a finding", HumanCount(objects), HumanBytes(bytes), HumanBytes(speed), HumanCount(found))
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
