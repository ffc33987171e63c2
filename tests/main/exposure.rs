//! What reaches a client and what does not: the cases are in `exposure/*.txt`, in the format of `cases`.

use crate::cases::check;

fn at_least(least: usize, (firing, silent): (usize, usize)) {
    assert!(firing + silent >= least, "{firing} cases fire, {silent} are silent");
}

#[test]
fn servers() {
    at_least(50, check(include_str!("exposure/servers.txt")));
}

#[test]
fn next() {
    at_least(35, check(include_str!("exposure/next.txt")));
}

#[test]
fn kits() {
    at_least(45, check(include_str!("exposure/kits.txt")));
}

#[test]
fn bundlers_and_apps() {
    at_least(44, check(include_str!("exposure/bundlers.txt")));
}

/// What a stranger's trial of whole projects found.
#[test]
fn trial() {
    at_least(20, check(include_str!("exposure/trial.txt")));
}

#[test]
fn templates() {
    at_least(15, check(include_str!("exposure/templates.txt")));
}

#[test]
fn more() {
    at_least(50, check(include_str!("exposure/more.txt")));
}
