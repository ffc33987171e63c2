//! Go.

use super::check;

#[test]
fn go() {
    check(
        "a.go",
        &[
            ("package a\nfunc f() {\n\tkey := os.Getenv(\"API_KEY\")\n\tfmt.Println(\"key\", key)\n}\n", &["log fmt.Println: API_KEY"]),
            ("func f() { if v, ok := os.LookupEnv(\"X_SECRET\"); ok {\n log.Printf(\"%s\", v)\n} }", &["log log.Printf: X_SECRET"]),
            ("func f() { if _, ok := os.LookupEnv(\"X_SECRET\"); !ok {\n log.Println(ok)\n} }", &[]),
            ("func f(password string) { log.Printf(\"%T %p %t %.4s\", password, &password, password, password) }", &[]),
            ("func f(password string) { log.Printf(\"%d %s\", 1, password) }", &["log log.Printf: ?password"]),
            ("func f(token string) { log.Info().Str(\"token\", token).Msg(\"x\") }", &["log log.Info.Str: ?token"]),
            ("func f(t string) {\n log.Info().\n  Str(\"token\", t).\n  Msg(\"x\")\n}", &["log log.Info.Str: ?token"]),
            ("func f(t string) { slog.Info(\"a b\", \"user\", u, \"api_key\", t) }", &["log slog.Info: ?api_key"]),
            ("func f(t string) { logger.Info(\"a\", zap.String(\"password\", t)) }", &["log logger.Info: ?password"]),
            ("func f(t string) { logrus.WithFields(logrus.Fields{\"password\": t}).Info(\"x\") }", &["log logrus.WithFields: {password: ?password}"]),
            ("func f(t string) { log.WithField(\"password\", t).Info(\"x\") }", &["log log.WithField: ?password"]),
            (
                "func f(m map[string]interface{}) map[string]interface{} {\n x := map[string]string{\"a\": os.Getenv(\"A_KEY\")}\n log.Println(x)\n return m\n}",
                &["log log.Println: {a: A_KEY}"],
            ),
            ("func f() { log.Println([]byte(os.Getenv(\"A_KEY\"))) }", &["log log.Println: A_KEY"]),
            ("func f(apiKey string) error { return fmt.Errorf(\"bad key %s\", apiKey) }", &["error fmt.Errorf: ?apiKey"]),
            ("func f(apiKey string) { panic(\"bad \" + apiKey) }", &["error panic: ?apiKey"]),
            ("func f(w http.ResponseWriter, r *http.Request) { http.Error(w, \"bad \"+apiKey, 401) }", &["error http.Error: ?apiKey"]),
            ("func f(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, \"bad %s\", apiKey) }", &["error fmt.Fprintf: ?apiKey"]),
            ("func f(w io.Writer) { fmt.Fprintf(w, \"bad %s\", apiKey)\n fmt.Fprintln(os.Stderr, apiKey) }", &["log fmt.Fprintln: ?apiKey"]),
            ("func f(apiKey string) { fmt.Println(apiKey[:4], apiKey[len(apiKey)-4:], len(apiKey)) }", &[]),
            ("func f(apiKey string) { fmt.Println(apiKey[4:]) }", &["log fmt.Println: ?apiKey"]),
            ("func f(apiKey string) { fmt.Println(mask(apiKey), apiKey == \"\", sha256.Sum256([]byte(apiKey))) }", &[]),
            (
                "type Config struct {\n\tHost string\n\tAPIKey string\n}\nfunc f(cfg *Config) { log.Printf(\"%+v\", cfg) }",
                &["log log.Printf: Settings(\"Config\", \"APIKey\")"],
            ),
            (
                "type Config struct {\n\tAPIKey string\n}\nfunc (c Config) String() string { return \"x\" }\nfunc f(cfg Config) { log.Printf(\"%+v\", cfg) }",
                &[],
            ),
            (
                "type Config struct {\n\tAPIKey string\n\tPort int\n}\nfunc f(cfg Config) { log.Println(cfg.Port)\n log.Println(cfg.APIKey) }",
                &["log log.Println: ?APIKey"],
            ),
            (
                "func load() (string, error) {\n k := os.Getenv(\"S_SECRET\")\n if k == \"\" {\n return \"\", errors.New(\"no key\")\n }\n return k, nil\n}\nfunc f() { k, err := load()\n log.Println(k)\n log.Println(err) }",
                &["log log.Println: S_SECRET"],
            ),
            ("const key = \"sk_123\"\nfunc f() { log.Fatalf(\"%s\", key) }", &["log log.Fatalf: #0"]),
            ("func f() { for _, e := range os.Environ() {\n fmt.Println(e)\n}\n}", &["log fmt.Println: ENV"]),
            ("func f() { fmt.Println(os.Environ()) }", &["log fmt.Println: ENV"]),
            (
                "func f(r *http.Request) { log.Println(r.Header)\n log.Println(r.Header.Get(\"Authorization\"), r.Header.Get(\"Accept\")) }",
                &["log log.Println: Headers", "log log.Println: ?Authorization"],
            ),
            ("func f() { exec.Command(\"x\", \"--password\", password) }", &["process exec.Command: ?password"]),
            ("func f() { http.Get(\"https://a.b/c?api_key=\" + apiKey) }", &["url the query parameter `api_key`: ?apiKey"]),
            ("func f() { u := fmt.Sprintf(\"https://a.b/c?api_key=%s\", apiKey)\n http.Get(u) }", &["url the query parameter `api_key`: ?apiKey"]),
            (
                "func f() {\n req, err := http.NewRequest(\"POST\", \"https://api.useplunk.com/v1/send\", body)\n req.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"PLUNK_KEY\"))\n}",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
            (
                "func f() { q := u.Query()\n q.Set(\"api_key\", apiKey)\n q.Add(\"q\", x)\n u.RawQuery = q.Encode() }",
                &["url the query parameter `api_key`: ?apiKey"],
            ),
            ("func f() { v := url.Values{\"api_key\": {apiKey}, \"q\": {x}}\n u.RawQuery = v.Encode() }", &["url the query parameter `api_key`: ?apiKey"]),
            ("func f() { v := url.Values{}\n v.Set(\"api_key\", apiKey)\n get(base + \"?\" + v.Encode()) }", &["url the query parameter `api_key`: ?apiKey"]),
            ("func f() { v := url.Values{}\n v.Set(\"password\", password)\n http.PostForm(u, v) }", &[]),
            ("func f() { j, err := json.Marshal(apiKey)\n fmt.Println(j) }", &["log fmt.Println: ?apiKey"]),
            ("func f() { name, key, err := GetCredentials(x)\n fmt.Println(name) }", &[]),
            (
                "func f() { o := rest.Opts{Parameters: url.Values{\n\"access_token\": {accessToken}}} }",
                &["url the query parameter `access_token`: ?accessToken"],
            ),
            ("func f() { o := rest.Opts{MultipartParams: url.Values{\n\"access_token\": {accessToken}}} }", &[]),
            ("func f(v *url.Values) { v.Set(\"client_secret\", clientSecret) }", &[]),
            ("func f() { err := encode(authToken)\n if err != nil {\n log.Println(err)\n } }", &[]),
            ("func f() { creds := fmt.Sprintf(\"%s/credentials.yaml\", dir)\n log.Println(creds) }", &[]),
            ("func print(a string) {}\nfunc f(password string) { print(password) }", &[]),
            ("func f() { cmd := exec.Command(\"x\")\n cmd.Env = os.Environ()\n log.Printf(\"%v\", cmd) }", &[]),
            ("func f() { v := ctx.Value(authKey)\n log.Println(v) }", &[]),
            ("func f(c *gin.Context) { c.JSON(200, gin.H{\"token\": token}) }", &[]),
            ("func f(c *gin.Context) { c.JSON(http.StatusUnauthorized, gin.H{\"error\": \"bad \" + apiKey}) }", &["error c.JSON: {error: ?apiKey}"]),
            (
                "type S struct{ secret string }\nfunc (s *S) F() { s.log.Infof(\"%s\", s.secret)\n s.log.Infow(\"a b\", \"n\", 1) }",
                &["log s.log.Infof: ?secret"],
            ),
            ("func f() { cfg := Config{APIKey: os.Getenv(\"A_KEY\")}\n fmt.Println(cfg.APIKey) }", &["log fmt.Println: A_KEY"]),
            (
                "func f() { go func(password string) { log.Println(password) }(p)\n defer log.Println(secret) }",
                &["log log.Println: ?password", "log log.Println: ?secret"],
            ),
            (
                "func f() { switch v := x.(type) {\n case string:\n  log.Println(v, password)\n default:\n  log.Println(\"password\")\n } }",
                &["log log.Println: ?password"],
            ),
        ],
    );
}
