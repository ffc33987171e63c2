//! Ranges, merge bases and orders: on real repositories against git, on random histories against plain sets.

use std::collections::{BTreeSet, HashMap};

use super::testing::Repo;
use super::{ABSENT, Commits, Graph, Kind, LARGEST_COMMIT, ObjectId, Objects, Refs, Trouble, Walked};

fn set(ids: impl IntoIterator<Item = ObjectId>) -> BTreeSet<ObjectId> {
    ids.into_iter().collect()
}

/// The commits of a walk that are in its range.
fn range(walked: &Walked) -> BTreeSet<ObjectId> {
    set(walked.graph.nodes()[walked.edge..].iter().map(|node| node.id))
}

/// The commits that `git rev-list` prints.
fn by_git(repo: &Repo, args: &[&str]) -> BTreeSet<ObjectId> {
    let text = repo.git(&[&["rev-list"], args].concat());
    set(text.lines().map(|line| ObjectId::from_hex(line.as_bytes()).expect("an id")))
}

fn parents_come_first(graph: &Graph) {
    for at in 0..u32::try_from(graph.nodes().len()).expect("a small graph") {
        assert!(graph.parents(at).iter().all(|parent| *parent == ABSENT || *parent < at));
        assert_eq!(graph.find(&graph.nodes()[at as usize].id), Some(at));
    }
}

/// Asks something of a repository's commits.
fn ask<T>(repo: &Repo, folder: &str, question: impl FnOnce(Commits<'_>) -> T) -> T {
    let dir = repo.dir_at(folder);
    let objects = Objects::open(&dir, &[]).expect("an object store");
    question(Commits::new(|id| objects.read(id, LARGEST_COMMIT), &Refs::read(&dir).shallow))
}

fn commit(repo: &Repo, name: &str, parents: &[ObjectId]) -> ObjectId {
    let tree = repo.git(&["write-tree"]);
    let mut args = vec!["commit-tree".to_owned(), "-m".to_owned(), name.to_owned(), tree];
    args.extend(parents.iter().flat_map(|parent| ["-p".to_owned(), parent.to_string()]));
    let id = repo.git(&args.iter().map(String::as_str).collect::<Vec<_>>());
    repo.git(&["branch", name, &id]);
    repo.id(name)
}

#[test]
fn an_octopus_is_walked_through_all_its_parents() {
    let repo = Repo::new();
    let root = commit(&repo, "root", &[]);
    let arms: Vec<_> = ["a", "b", "c", "d"].iter().map(|name| commit(&repo, name, &[root])).collect();
    let octopus = commit(&repo, "octopus", &arms);
    repo.git(&["tag", "-a", "-m", "x", "inner", "octopus"]);
    repo.git(&["tag", "-a", "-m", "x", "outer", "inner"]);
    let (outer, inner, tree) = (repo.id("outer"), repo.id("inner"), repo.id("root^{tree}"));

    let walked = ask(&repo, "repo", |commits| commits.walk(&[outer, tree], &[arms[0]]));
    assert_eq!(range(&walked), by_git(&repo, &["octopus", "^a"]));
    assert_eq!((walked.tags, walked.others, walked.missing), (vec![outer, inner], vec![(tree, Some(Kind::Tree))], Vec::new()));
    // What the range is compared with is there as well: both hidden parents, without parents of their own.
    assert_eq!(set(walked.graph.nodes()[..walked.edge].iter().map(|node| node.id)), set([root, arms[0]]));
    parents_come_first(&walked.graph);
    let at = walked.graph.find(&octopus).expect("the octopus");
    let parents: Vec<_> = walked.graph.parents(at).iter().map(|parent| walked.graph.nodes()[*parent as usize].id).collect();
    assert_eq!(parents, arms);
    assert_eq!(walked.graph.nodes()[at as usize].tree, Some(tree));
}

#[test]
fn a_criss_cross_has_two_merge_bases() {
    let repo = Repo::new();
    let root = commit(&repo, "root", &[]);
    let (a, b) = (commit(&repo, "a", &[root]), commit(&repo, "b", &[root]));
    let (c, d) = (commit(&repo, "c", &[a, b]), commit(&repo, "d", &[b, a]));
    let (e, f) = (commit(&repo, "e", &[c]), commit(&repo, "f", &[d]));
    let alone = commit(&repo, "alone", &[]);
    let bases = |one, two| ask(&repo, "repo", |mut commits| set(commits.merge_bases(&one, &two)));
    assert_eq!(bases(e, f), set([a, b]));
    assert_eq!((bases(e, c), bases(e, e), bases(a, b)), (set([c]), set([e]), set([root])));
    assert_eq!(bases(e, alone), set([]));
    let is_ancestor = |old, new| ask(&repo, "repo", |mut commits| commits.is_ancestor(&old, &new));
    assert_eq!([is_ancestor(root, f), is_ancestor(f, root), is_ancestor(a, a), is_ancestor(alone, f)], [true, false, true, false]);
}

#[test]
fn a_shallow_clone_ends_at_its_edge() {
    let repo = Repo::new();
    for text in ["one", "two", "three"] {
        repo.commit(text);
    }
    let source = format!("file://{}", repo.path("repo").display());
    repo.git_in("", &["clone", "-q", "--depth", "2", &source, "short"], b"");
    let (tip, edge, gone) = (repo.id("HEAD"), repo.id("HEAD~1"), repo.id("HEAD~2"));
    let walked = ask(&repo, "short", |commits| commits.walk(&[tip], &[]));
    assert_eq!((range(&walked), walked.boundary, walked.missing), (set([tip, edge]), vec![edge], Vec::new()));
    let walked = ask(&repo, "short", |commits| commits.walk(&[tip], &[gone]));
    assert_eq!(walked.missing, [(gone, Trouble::Missing)]);
}

#[test]
fn a_lost_commit_is_said_once_and_the_rest_is_walked() {
    let repo = Repo::new();
    let (first, second, third) = (repo.commit("one"), repo.commit("two"), repo.commit("three"));
    let hex = second.to_string();
    std::fs::remove_file(repo.path("repo/.git/objects").join(&hex[..2]).join(&hex[2..])).expect("a loose object");
    let walked = ask(&repo, "repo", |commits| commits.walk(&[third, first, second], &[]));
    assert_eq!((range(&walked), walked.missing), (set([first, third]), vec![(second, Trouble::Missing)]));
    let at = walked.graph.find(&third).expect("the newest");
    assert_eq!(walked.graph.parents(at), [ABSENT]);
}

#[test]
fn replaced_commits_keep_their_parents() {
    let repo = Repo::new();
    let (first, second, third) = (repo.commit("one"), repo.commit("two"), repo.commit("three"));
    repo.git(&["replace", "--graft", &third.to_string()]);
    std::fs::write(repo.path("repo/.git/info/grafts"), format!("{second}\n")).expect("a new file");
    let walked = ask(&repo, "repo", |commits| commits.walk(&[third], &[]));
    assert_eq!(range(&walked), set([first, second, third]));
}

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 33) as usize % end.max(1)
    }
}

fn id(number: usize) -> ObjectId {
    let mut bytes = [7; 20];
    bytes[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    ObjectId::from_bytes(&bytes).expect("20 bytes")
}

/// A random history, its clocks wrong at times: for each commit its parents.
fn history(dice: &mut Dice) -> (Vec<Vec<usize>>, HashMap<ObjectId, Vec<u8>>) {
    let mut parents: Vec<Vec<usize>> = Vec::new();
    let mut objects = HashMap::new();
    for number in 0..3 + dice.below(40) {
        let count = [0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3][dice.below(12)];
        let reach = number.min(1 + dice.below(16));
        let own: BTreeSet<usize> = (0..count.min(number)).map(|_| number - 1 - dice.below(reach)).collect();
        let seconds = if dice.below(5) == 0 { dice.below(3_000_000) } else { number * 100_000 };
        let mut text = format!("tree {}\n", id(usize::MAX));
        for parent in &own {
            text.push_str(&format!("parent {}\n", id(*parent)));
        }
        text.push_str(&format!("author A <b> 0 +0000\ncommitter A <b> {seconds} +0000\n\nx"));
        objects.insert(id(number), text.into_bytes());
        parents.push(own.into_iter().collect());
    }
    (parents, objects)
}

fn ancestors(parents: &[Vec<usize>], starts: &[usize]) -> BTreeSet<usize> {
    let (mut found, mut waiting) = (BTreeSet::new(), starts.to_vec());
    while let Some(at) = waiting.pop() {
        if found.insert(at) {
            waiting.extend(&parents[at]);
        }
    }
    found
}

#[test]
fn random_histories_agree_with_plain_sets() {
    let mut dice = Dice(4);
    let mut crossed = 0;
    for round in 0..1500 {
        let (parents, objects) = history(&mut dice);
        let read = |id: &ObjectId| objects.get(id).map(|bytes| (Kind::Commit, bytes.clone())).ok_or(Trouble::Missing);
        let mut some = || -> Vec<usize> { (0..1 + dice.below(3)).map(|_| dice.below(parents.len())).collect() };
        let (starts, hidden) = (some(), some());
        let ids = |numbers: &[usize]| numbers.iter().map(|number| id(*number)).collect::<Vec<_>>();
        let expected = &ancestors(&parents, &starts) - &ancestors(&parents, &hidden);

        let walked = Commits::new(read, &[]).walk(&ids(&starts), &ids(&hidden));
        assert_eq!(range(&walked), set(expected.iter().map(|number| id(*number))), "round {round}: {starts:?} without {hidden:?} of {parents:?}");
        parents_come_first(&walked.graph);
        for number in &expected {
            let at = walked.graph.find(&id(*number)).expect("in the range");
            let found: Vec<_> = walked.graph.parents(at).iter().map(|parent| walked.graph.nodes()[*parent as usize].id).collect();
            assert_eq!(found, ids(&parents[*number]), "round {round}: each parent is in the range or at its edge");
        }

        let whole = Graph::from_commits(objects.iter().map(|(id, bytes)| (*id, bytes.as_slice())));
        parents_come_first(&whole);
        let reached = whole.reachable(&ids(&starts), &ids(&hidden));
        let reached = whole.nodes().iter().zip(reached).filter(|(_, reached)| *reached).map(|(node, _)| node.id);
        assert_eq!(set(reached), set(expected.iter().map(|number| id(*number))), "round {round}");

        // Two of the newest: older ones are mostly in line.
        let (one, two) = (parents.len() - 1 - dice.below(parents.len().min(6)), parents.len() - 1 - dice.below(parents.len().min(6)));
        let common = &ancestors(&parents, &[one]) & &ancestors(&parents, &[two]);
        let below: BTreeSet<usize> = common.iter().flat_map(|number| ancestors(&parents, &parents[*number])).collect();
        let best = set((&common - &below).into_iter().map(id));
        crossed += usize::from(best.len() > 1);
        let mut commits = Commits::new(read, &[]);
        assert_eq!(set(commits.merge_bases(&id(one), &id(two))), best, "round {round}: {one} and {two} of {parents:?}");
        assert_eq!(commits.is_ancestor(&id(one), &id(two)), ancestors(&parents, &[two]).contains(&one), "round {round}");
    }
    assert!(crossed > 50, "the histories have merge bases enough: {crossed}");
}

#[test]
fn circles_end() {
    let commit = |parent: usize| format!("tree {}\nparent {}\n\n", id(9), id(parent)).into_bytes();
    let objects = HashMap::from([(id(0), commit(2)), (id(1), commit(0)), (id(2), commit(1)), (id(3), commit(3)), (id(4), commit(2))]);
    let read = |id: &ObjectId| objects.get(id).map(|bytes| (Kind::Commit, bytes.clone())).ok_or(Trouble::Missing);
    let walked = Commits::new(read, &[]).walk(&[id(4), id(3)], &[]);
    assert_eq!(range(&walked).len(), 5);
    let graph = Graph::from_commits(objects.iter().map(|(id, bytes)| (*id, bytes.as_slice())));
    assert_eq!(graph.reachable(&[id(4)], &[id(1)]).iter().filter(|reached| **reached).count(), 1);
    let mut commits = Commits::new(read, &[]);
    let _ = (commits.merge_bases(&id(1), &id(4)), commits.is_ancestor(&id(3), &id(0)));
    // Tags that name each other.
    let tag = |target: usize| format!("object {}\ntype tag\ntag x\n\n", id(target)).into_bytes();
    let tags = HashMap::from([(id(0), tag(1)), (id(1), tag(0)), (id(2), b"tag y\n\n".to_vec())]);
    let read = |id: &ObjectId| tags.get(id).map(|bytes| (Kind::Tag, bytes.clone())).ok_or(Trouble::Missing);
    let walked = Commits::new(read, &[]).walk(&[id(0), id(2)], &[]);
    assert_eq!((walked.graph.nodes().len(), walked.missing.len()), (0, 1));
}
