//! The `skout` command: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    give_back();
    ExitCode::from(skout::cli::main())
}

/// Has the allocator take large blocks from the system and give them back when they are free. Left alone, glibc learns from the
/// first large file that it should rather keep them, and a scan holds for good what its largest files took for a moment.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "the allocator is a part of the C library, and this its one way to be told")]
fn give_back() {
    unsafe extern "C" {
        fn mallopt(parameter: i32, value: i32) -> i32;
    }
    const M_TRIM_THRESHOLD: i32 = -1;
    const M_MMAP_THRESHOLD: i32 = -3;
    // SAFETY: glibc declares it so, any values are allowed, and no other thread runs yet.
    unsafe {
        mallopt(M_MMAP_THRESHOLD, 128 << 10);
        mallopt(M_TRIM_THRESHOLD, 256 << 10);
    }
}
