fn main() {
    let files: Vec<String> = std::env::args().skip(3).collect();
    let mut all = Vec::new();
    for f in files {
        let text = std::fs::read_to_string(&f).unwrap();
        match skout::keys::schema::read_any(&text) { Ok(s) => all.extend(s), Err(m) => for x in m { println!("{f}:{}: {}", x.line, x.what) } }
    }
    match skout::keys::Catalog::with_custom(&all) {
        Err(e) => println!("{e}"),
        Ok(c) => { let f = skout::detect::trial::failures(&c, &all); for x in &f { println!("{x}") } println!("{} key types, {} examples failed", all.len(), f.len()); }
    }
}
