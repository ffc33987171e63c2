//! Keys in logs, errors and URLs, and at the wrong endpoint: for each language at least twenty flows that fire, and twenty that
//! look alike and stay silent. The cases are in `leaks/*.txt`, in the format of `cases`.

use crate::cases::{check, check_from};

fn both(source: &str, (least_firing, least_silent): (usize, usize)) {
    let (firing, silent) = check(source);
    assert!(firing >= least_firing && silent >= least_silent, "{firing} cases fire, {silent} are silent");
}

/// One test a file.
macro_rules! tables {
    ($($name:ident: $firing:literal, $silent:literal;)+) => {
        $(#[test]
        fn $name() {
            both(include_str!(concat!("leaks/", stringify!($name), ".txt")), ($firing, $silent));
        })+
    };
}

tables! {
    dart: 25, 25;
    swift: 25, 25;
    rust: 25, 25;
    go: 25, 25;
    modules: 4, 3;
    java: 25, 20;
    kotlin: 25, 20;
    scala: 25, 20;
    csharp: 25, 20;
    javascript: 45, 45;
    endpoints: 40, 40;
    modes: 6, 3;
    php: 25, 25;
    python: 25, 25;
    ruby: 25, 25;
    elixir: 25, 25;
    shell: 40, 39;
    powershell: 20, 20;
    ci: 20, 20;
    docker: 20, 20;
    terraform: 20, 20;
    make: 20, 20;
}

/// Files of HTTP requests are documentation by their place, where findings are a step lower and names alone tell less.
#[test]
fn requests() {
    let (firing, silent) = check_from(include_str!("leaks/requests.txt"), "low");
    assert!(firing >= 7 && silent >= 6, "{firing} cases fire, {silent} are silent");
}
