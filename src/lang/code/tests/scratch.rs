#[test]
fn scratch() {
    for text in ["object A {\n  def f(c: String): Unit = println(password)\n}", "object A { def f(): Unit = println(password) }", "object A { def f() = println(password) }", "def f: Unit = println(password)"] {
        eprintln!("{text} {:?}", super::flows("a.scala", text));
        eprintln!("{text} {:?}", super::flows("a.kt", &text.replace("def ", "fun ")));
    }
}
