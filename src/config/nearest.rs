//! The known word that somebody most likely meant.

/// The nearest of `known` to `word`, by edit distance; `None` when none is near enough to be a slip.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = normal(word);
    let scored = known.into_iter().map(|known| (distance(&word, &normal(known)), known));
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    // A third of the letters may be wrong: `failon` is near `fail-on`, `foo` is near nothing.
    (distance <= best.chars().count().max(word.len()).div_ceil(3)).then_some(best)
}

/// Case and the choice between `_`, `-` and nothing are the commonest slips, and cost nothing.
fn normal(word: &str) -> Vec<char> {
    // A pasted page is no word: the cost is quadratic.
    word.chars().take(64).filter(|letter| !matches!(letter, '-' | '_')).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before = vec![0; other.len() + 1];
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, left) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in other.iter().enumerate() {
            let mut best = (above[j] + usize::from(left != right)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == other[j - 1] && one[i - 1] == *right {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_word() {
        let known = ["exclude", "archives", "binary", "max-file-size", "skip-hidden", "fail-on"];
        let cases = [
            ("failon", Some("fail-on")),
            ("FAIL_ON", Some("fail-on")),
            ("exlcude", Some("exclude")),
            ("archive", Some("archives")),
            ("max-size", Some("max-file-size")),
            ("colour", None),
            ("", None),
        ];
        for (word, meant) in cases {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
