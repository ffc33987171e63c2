//! Behaviour through the binary, in a scrubbed environment with a home of its own, and the order of the modules.

#[path = "main/cases.rs"]
mod cases;
#[path = "main/catalogue.rs"]
mod catalogue;
#[path = "main/cli.rs"]
mod cli;
#[path = "main/cli_scan.rs"]
mod cli_scan;
#[path = "main/collisions.rs"]
mod collisions;
#[path = "main/containers.rs"]
mod containers;
#[path = "main/exposure.rs"]
mod exposure;
#[path = "main/exposure_expect.rs"]
mod exposure_expect;
#[path = "main/fix.rs"]
mod fix;
#[path = "main/fixtures.rs"]
mod fixtures;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/git/mod.rs"]
mod git;
#[path = "main/hook.rs"]
mod hook;
#[cfg(unix)]
#[path = "main/hook_push.rs"]
mod hook_push;
#[path = "main/key_pages.rs"]
mod key_pages;
#[path = "main/layers.rs"]
mod layers;
#[path = "main/leaks.rs"]
mod leaks;
#[path = "main/parts.rs"]
mod parts;
#[path = "main/pre_commit.rs"]
mod pre_commit;
#[path = "main/proofs.rs"]
mod proofs;
#[path = "main/redaction.rs"]
mod redaction;
#[path = "main/rule_pages.rs"]
mod rule_pages;
#[path = "main/rules_test.rs"]
mod rules_test;
#[path = "main/sandbox.rs"]
mod sandbox;
#[path = "main/suppression.rs"]
mod suppression;
#[path = "main/walk.rs"]
mod walk;
#[path = "main/walk_files.rs"]
mod walk_files;
