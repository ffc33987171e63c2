//! What must hold of any repository: every mode finds the same, deltas and packs and threads change nothing, and each
//! finding stands where it says.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test that panics has failed")]

#[path = "properties_git/derived.rs"]
mod derived;
#[path = "properties_git/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use skout::finding::{Finding, Report};
use skout::scan::{Changes, History, Input, Policy, What};
use skout::source::git::{GitDir, GitEnv, ObjectId};
use skout::source::{Walk, WalkOptions};
use world::{CATALOG, Files, Given, Prints, Step, World, prints, prints_of};

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(prop::array::uniform5(any::<u16>()), 1..60)
}

/// Few cases, or as many as `PROPTEST_CASES` says.
fn config(few: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: cases.unwrap_or(few), failure_persistence: None, max_shrink_time: 60_000, ..ProptestConfig::default() }
}

fn dir(world: &World) -> GitDir {
    GitDir::discover(&world.root(), &GitEnv::default()).unwrap()
}

fn run(input: &Input) -> Report {
    let report = skout::scan::run(&CATALOG, input, &Policy { reveal: true, ..Policy::default() }, &Default::default()).unwrap();
    assert!(report.summary.skipped.is_empty(), "{:?}", report.summary.skipped);
    report
}

fn tree(world: &World, jobs: usize) -> Report {
    run(&Input::Tree(Walk::new(&[world.root()], WalkOptions { jobs, ..WalkOptions::default() }).unwrap()))
}

fn history(world: &World, by_delta: bool, jobs: usize) -> Report {
    run(&Input::History(History { dir: dir(world), range: None, unreachable: false, by_delta, jobs, skip_hidden: false }))
}

fn changed(world: &World, what: What) -> Report {
    run(&Input::Changes(Changes { dir: dir(world), what, paths: Vec::new(), named: Vec::new(), skip_hidden: false }))
}

fn range(world: &World, base: usize, head: usize) -> Report {
    let id = |at: usize| ObjectId::from_hex(world.commits[at].id.as_bytes()).unwrap();
    changed(world, What::Range { base: id(base), head: id(head) })
}

fn is_message(finding: &Finding) -> bool {
    finding.location.path.text.starts_with("commit:")
}

/// All that a report says, but for the time it took.
fn told(report: &Report) -> String {
    let summary = &report.summary;
    format!("{:#?} {:?} {} {} {}", report.findings, summary.notes, summary.commits, summary.blobs, summary.bytes)
}

/// A finding as every mode should tell it: rule, place, severity, fingerprint and the path in the tip.
type Told = (String, String, String, String, String);

fn as_told(finding: &Finding) -> Told {
    let path = match finding.git.as_ref().and_then(|git| git.tip.as_ref()) {
        Some((path, _)) => path.text.clone(),
        None => finding.location.path.text.clone(),
    };
    let words = [format!("{:?}", finding.rule), format!("{:?}", finding.place), format!("{:?}", finding.severity)];
    let [rule, place, severity] = words;
    (rule, place, severity, finding.fingerprint.as_str().to_owned(), path)
}

/// The text of a finding's region in a commit of the model is its value.
fn stands(world: &World, finding: &Finding) -> Result<(), TestCaseError> {
    let git = finding.git.as_ref().unwrap();
    let commit = world.commit(&git.commit);
    let value = finding.key.value.as_ref().unwrap().expose();
    let Some(text) = world.commits[commit].files.get(&finding.location.path.text) else {
        return Err(TestCaseError::fail(format!("{} is not in {}", finding.location.path, git.commit)));
    };
    prop_assert_eq!(&git.path, &finding.location.path);
    let region = finding.location.region;
    prop_assert_eq!(&text[region.start.offset as usize..region.end.offset as usize], value, "in {}", finding.location.path);
    let line = text[..region.start.offset as usize].matches('\n').count() as u64 + 1;
    prop_assert_eq!(region.start.line, line);
    Ok(())
}

/// The tip holds the value at the path and line that a finding tells.
fn stands_in_tip(world: &World, finding: &Finding, tip: usize) -> Result<(), TestCaseError> {
    let git = finding.git.as_ref().unwrap();
    let held = prints_of(world.commits[tip].files.values()).contains(finding.fingerprint.as_str());
    prop_assert_eq!(git.in_tip, held, "{} of {}", finding.fingerprint.as_str(), finding.location.path);
    prop_assert_eq!(git.in_tip, git.tip.is_some());
    if let Some((path, line)) = &git.tip {
        let text = world.commits[tip].files.get(&path.text).expect("the tip has the file");
        let value = finding.key.value.as_ref().unwrap().expose();
        let from: usize = text.split_inclusive('\n').take(*line as usize - 1).map(str::len).sum();
        let first = value.lines().next().unwrap();
        prop_assert!(text[from..].lines().next().unwrap().contains(first), "line {line} of {path} does not hold the value");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(6))]

    /// The same content gives the same findings, whether it lies in a working tree, is staged, comes by a range, or is the
    /// tip of a history.
    #[test]
    fn modes_agree(steps in steps()) {
        let world = World::new(&steps);
        let tip = world.branches[0];
        let in_tree = tree(&world, 2);
        let expected: BTreeSet<Told> = in_tree.findings.iter().map(as_told).collect();
        let known: Prints = expected.iter().map(|told| told.3.clone()).collect();
        prop_assert_eq!(&known, &prints_of(world.commits[tip].files.values()));

        world.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
        let staged: BTreeSet<Told> = changed(&world, What::Staged).findings.iter().map(as_told).collect();
        world.git(&["symbolic-ref", "HEAD", "refs/heads/b0"]);
        prop_assert_eq!(&staged, &expected);
        prop_assert!(changed(&world, What::Staged).findings.is_empty());

        let since_nothing = range(&world, 0, tip);
        let in_tip = |finding: &&Finding| finding.git.as_ref().is_some_and(|git| git.in_tip);
        let by_range: BTreeSet<Told> = since_nothing.findings.iter().filter(in_tip).map(as_told).collect();
        prop_assert_eq!(&by_range, &expected);

        // A history tells one finding a secret: the most severe.
        let all = history(&world, true, 2);
        let ever = prints_of(world.reachable().iter().flat_map(|at| world.commits[*at].files.values()));
        let in_files = all.findings.iter().filter(|finding| !is_message(finding));
        prop_assert_eq!(in_files.clone().map(|finding| finding.fingerprint.as_str().to_owned()).collect::<Prints>(), ever.clone());
        prop_assert_eq!(in_files.count(), ever.len());
        let by_history: Vec<Told> = all.findings.iter().filter(in_tip).map(as_told).collect();
        prop_assert_eq!(by_history.iter().map(|told| told.3.clone()).collect::<Prints>(), known);
        for told in by_history {
            prop_assert!(expected.contains(&told), "{told:?} of {expected:?}");
        }
    }

    /// Deltas, packs, loose objects and threads are the same to a history.
    #[test]
    fn storage_changes_nothing(steps in steps()) {
        let world = World::new(&steps);
        let plain = told(&history(&world, false, 1));
        let check = |how: &str| {
            for (by_delta, jobs) in [(true, 1), (true, 2), (false, 3), (true, 8)] {
                prop_assert_eq!(&told(&history(&world, by_delta, jobs)), &plain, "{} {} {}", how, by_delta, jobs);
            }
            Ok(())
        };
        check("a pack and loose objects")?;
        world.git(&["repack", "-qd"]);
        check("two packs")?;
        // The empty commit that nothing reaches may go.
        world.git(&["repack", "-qadf", "--depth=50", "--window=50"]);
        check("one pack")?;
        world.git(&["multi-pack-index", "write"]);
        world.git(&["commit-graph", "write", "--reachable"]);
        check("with its tables")?;
        let jobs_of_tree = told(&tree(&world, 1));
        prop_assert!([2, 5].iter().all(|jobs| told(&tree(&world, *jobs)) == jobs_of_tree));
    }

    /// A finding of a history stands where it says, and came in with the commit that it names.
    #[test]
    fn history_tells_who(steps in steps()) {
        let world = World::new(&steps);
        let tip = world.branches[0];
        let texts: BTreeMap<_, Prints> = world.reachable().iter().flat_map(|at| world.commits[*at].files.values()).map(|text| (text.clone(), prints(text))).collect();
        for finding in history(&world, true, 2).findings.iter().filter(|finding| !is_message(finding)) {
            let print = finding.fingerprint.as_str();
            stands(&world, finding)?;
            stands_in_tip(&world, finding, tip)?;
            let git = finding.git.as_ref().unwrap();
            let commit = world.commit(&git.commit);
            for before in world.history(commit).into_iter().filter(|before| *before != commit) {
                prop_assert!(!prints_of(world.commits[before].files.values()).contains(print), "{} came with {} already", print, world.commits[before].id);
            }
            prop_assert_eq!(git.occurrences, texts.values().filter(|held| held.contains(print)).count() as u64);
            let refs: Vec<String> = (0..world.branches.len()).filter(|nth| world.history(world.branches[*nth]).contains(&commit)).map(|nth| format!("refs/heads/b{nth}")).collect();
            let branches: Vec<String> = git.refs.iter().filter(|name| *name != "HEAD").cloned().collect();
            prop_assert_eq!(branches, refs);
        }
    }

    /// A range tells every value that one of its commits brings, and none that none brings.
    #[test]
    fn a_range_tells_all_that_comes(steps in steps(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let world = World::new(&steps);
        let (base, head) = (from.index(world.commits.len()), to.index(world.commits.len()));
        let report = range(&world, base, head);
        let (old, new) = (world.history(base), world.history(head));
        let (mut comes, mut may_come) = (Prints::new(), Prints::new());
        for at in new.difference(&old) {
            let files = &world.commits[*at].files;
            let parents: Vec<_> = world.commits[*at].parents.iter().map(|parent| &world.commits[*parent].files).collect();
            let added = prints_of(files.iter().filter(|(path, text)| parents.iter().all(|parent| parent.get(*path) != Some(text))).map(|(_, text)| text));
            let had = prints_of(parents.iter().flat_map(|parent| parent.iter().filter(|(path, text)| files.get(*path) != Some(text)).map(|(_, text)| text)));
            comes.extend(added.difference(&had).cloned());
            may_come.extend(added);
        }
        // What was there where the two parted, and is there still, does not come.
        let common: BTreeSet<usize> = old.intersection(&new).copied().collect();
        let best: Vec<&Files> =
            common.iter().filter(|at| !common.iter().any(|other| other != *at && world.history(*other).contains(*at))).map(|at| &world.commits[*at].files).collect();
        let there = prints_of(best.iter().flat_map(|files| files.values()));
        // A merge may bring back what the base had lost: it differs from the base and comes by no commit.
        let tip = &world.commits[head].files;
        may_come.extend(prints_of(tip.iter().filter(|(path, text)| best.iter().all(|files| files.get(*path) != Some(text))).map(|(_, text)| text)));
        let found: Prints = report.findings.iter().filter(|finding| !is_message(finding)).map(|finding| finding.fingerprint.as_str().to_owned()).collect();
        let lost: Vec<&String> = comes.difference(&there).filter(|print| !found.contains(*print)).collect();
        prop_assert!(lost.is_empty(), "{lost:?} is not told");
        let much: Vec<&String> = found.difference(&may_come).collect();
        prop_assert!(much.is_empty(), "{much:?} does not come by it");
        for finding in report.findings.iter().filter(|finding| !is_message(finding)) {
            stands(&world, finding)?;
            let commit = world.commit(&finding.git.as_ref().unwrap().commit);
            prop_assert!(new.contains(&commit) && !old.contains(&commit), "{} is not in the range", world.commits[commit].id);
        }
    }
}

/// Three lines of text, each with a secret of its own.
fn three_keys() -> [String; 3] {
    [1, 2, 3].map(|seed| skout::keys::examples::fill("STRIPE_SECRET_KEY=sk_live_{alnum:24}\n", seed).unwrap())
}

/// A secret that the tip holds is told there, whatever old version of a file held it as well beside one that is gone; and
/// one that is gone is told in the version that brought it.
#[test]
fn each_secret_of_an_old_blob_is_told_by_itself() {
    let [kept, gone, later] = three_keys();
    let (first, second) = (format!("\n\n\n{gone}"), format!("{gone}\n{later}\n{kept}"));
    let steps: &[Given<'_>] = &[(&[], &[("src/app.js", &first)]), (&[1], &[("src/app.js", &second)]), (&[2], &[("docs/a.md", &kept)])];
    let world = World::of(steps);
    let report = history(&world, true, 1);
    assert_eq!(report.findings.len(), 3);
    for finding in &report.findings {
        stands(&world, finding).unwrap();
        stands_in_tip(&world, finding, 3).unwrap();
    }
}

/// What a merge takes from its other parent though the base has lost it comes by no commit of the range: it is told where
/// the range ends.
#[test]
fn a_merge_may_bring_back_what_the_base_has_lost() {
    let [key, ..] = three_keys();
    // The second commit has it, the third takes it away, the fifth merges as if that had not been.
    let steps: &[Given<'_>] = &[(&[], &[]), (&[1], &[("a.js", &key)]), (&[2], &[]), (&[3], &[("b.js", "")]), (&[4, 2], &[("a.js", &key), ("b.js", "")])];
    let world = World::of(steps);
    let report = range(&world, 3, 5);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].git.as_ref().unwrap().commit, world.commits[5].id);
    stands(&world, &report.findings[0]).unwrap();
}
