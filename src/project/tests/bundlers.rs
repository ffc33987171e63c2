//! What bundlers leave out of a module, and where they begin.

use super::check;

const KEYS: &str = "export used = literal 0\nexport unused = literal 1\n";

#[test]
fn some_modules_are_taken_whole() {
    for (package, rest, rows) in [
        // A bundler that leaves out what nobody uses, and pages without one.
        ("{\"devDependencies\":{\"vite\":\"8\"}}", "", &[("keys.js#used", "main.js < index.html"), ("keys.js#unused", "-")][..]),
        ("{}", "", &[("keys.js#used", "main.js"), ("keys.js#unused", "main.js")]),
        // Source maps hold the text of a module.
        ("{\"devDependencies\":{\"parcel\":\"2\"}}", "", &[("keys.js#unused", "main.js < index.html")]),
        // CommonJS.
        ("{\"devDependencies\":{\"vite\":\"8\"}}", "common\n", &[("keys.js#unused", "main.js < index.html")]),
    ] {
        let text = format!(
            "== package.json\n{package}\n== index.html\nimport ./main.js\n== main.js\nimport used from ./keys.js\neffect : used\n== keys.js\n{rest}{KEYS}"
        );
        check(&text, rows);
    }
}

#[test]
fn required_modules_and_classic_scripts_are_taken_whole() {
    const VITE: &str = "== package.json\n{\"devDependencies\":{\"vite\":\"8\"}}\n== index.html\n";
    check(
        &format!("{VITE}import ./main.js\n== main.js\nrequire used from ./keys.js\neffect : used\n== keys.js\n{KEYS}"),
        &[("keys.js#unused", "main.js < index.html")],
    );
    check(&format!("{VITE}import * as  from ./keys.js\n== keys.js\nused = literal 0\n"), &[("keys.js#used", "index.html")]);
    check(&format!("{VITE}import ./keys.js\n== keys.js\nused = literal 0\n"), &[("keys.js#used", "-")]);
}

#[test]
fn metro_takes_modules_whole_and_for_every_platform() {
    let text = format!(
        "== package.json\n{{\"dependencies\":{{\"expo\":\"58\"}}}}\n== App.js\nimport used from ./keys\nimport k from ./platform\neffect : used k\n== keys.js\n{KEYS}== platform.js\nexport k\n== platform.web.js\nexport k\n== other.web.js\nexport k\n"
    );
    check(&text, &[("keys.js#unused", "App.js"), ("platform.js#k", "App.js"), ("platform.web.js#k", "App.js"), ("other.web.js#k", "-")]);
}

#[test]
fn configurations_and_command_lines_name_entries() {
    for (package, config, expected) in [
        ("{\"devDependencies\":{\"webpack\":\"5\"}}", "== webpack.config.js\nentry ./src/boot.js\n", "entry"),
        ("{\"devDependencies\":{\"webpack\":\"5\"}}", "== config/webpack.prod.js\nentry ../src/boot\n", "entry"),
        ("{\"devDependencies\":{\"rollup\":\"5\"}}", "== rollup.config.js\nentry src/*.js\n", "entry"),
        ("{\"devDependencies\":{\"rollup\":\"5\"}}", "== rollup.config.js\nentry src/other.js\n", "-"),
        ("{\"scripts\":{\"build\":\"tsc && esbuild ./src/boot.js --bundle --minify\"},\"devDependencies\":{\"esbuild\":\"1\"}}", "", "entry"),
        ("{\"scripts\":{\"build\":\"esbuild src/boot.js --bundle --platform=node\"},\"devDependencies\":{\"esbuild\":\"1\"}}", "", "-"),
        ("{\"scripts\":{\"build\":\"bun build src/boot.js --outdir=dist\"},\"devDependencies\":{\"bun\":\"1\"}}", "", "entry"),
    ] {
        check(&format!("== package.json\n{package}\n{config}== src/boot.js\neffect\n"), &[("src/boot.js", expected)]);
    }
}

#[test]
fn nuxt_imports_by_name() {
    let text = "== package.json\n{\"dependencies\":{\"nuxt\":\"4\"}}\n== app/app.vue\nfree useKey\n== app/composables/useKey.ts\nkey = literal 0\nexport useKey : key\n== app/utils/keys.ts\nexport unused = literal 0\n";
    check(text, &[("app/composables/useKey.ts#key", "by name, app/app.vue"), ("app/utils/keys.ts#unused", "-")]);
}
