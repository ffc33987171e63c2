//! Templates that a server fills in and sends: EJS, ERB, Handlebars, Jinja, Blade, Razor, Go's and their kin.
//!
//! What stands between their marks is an expression of some language. Only so much of it is read as tells which setting or
//! variable is written into the page: a chain of names, an index, a call that asks for a setting by its name. What is
//! compared, counted or translated is not written.

mod expression;
mod marks;

use super::{EnvObject, Flow, Module, Read, Sink, Spots, Value};
use crate::text::Span;
use marks::Marks;

/// Templates larger than this are not read. In bytes.
const LARGEST: usize = 1 << 20;
/// No page writes more secrets.
const MOST: usize = 200;

/// Words of names that may say secret.
const CUES: &[&str] = &["ecret", "SECRET", "key", "KEY", "Key", "oken", "TOKEN", "assword", "PASSWORD", "rivate"];

/// Whether a template may write a secret into its page.
pub(super) fn has_cue(path: &str, text: &[u8]) -> bool {
    text.len() <= LARGEST
        && marks::of(path).is_some_and(|marks| marks.open_in(text))
        && CUES.iter().any(|cue| memchr::memmem::find(text, cue.as_bytes()).is_some())
}

/// Adds what a template writes to the facts of its scripts, if it has any.
pub(super) fn add(path: &str, text: &[u8], module: Option<Module>, spots: &mut Spots) -> Option<Module> {
    let Some(marks) = marks::of(path).filter(|_| text.len() <= LARGEST) else { return module };
    let Ok(text) = std::str::from_utf8(text) else { return module };
    let written = written(&marks, text);
    if written.is_empty() {
        return module;
    }
    let mut module = module.unwrap_or_default();
    // What the program in the page was seen to write is not told again.
    let told: Vec<Span> = module.flows.iter().filter(|flow| flow.sink == Sink::Template).map(|flow| spots.span(flow.spot)).collect();
    for (name, span) in written {
        if told.iter().any(|told| told.start < span.end && span.start < told.end) {
            continue;
        }
        let spot = spots.add(span);
        // The markup around the scripts is the last part, where there is one.
        let part = module.parts.len().saturating_sub(1) as u32;
        let number = module.reads.len() as u32;
        module.reads.push(Read { name, from: EnvObject::Server, is_direct: false, spot, part });
        module.flows.push(Flow { sink: Sink::Template, spot, value: Value::Env(number), part, within: None });
    }
    Some(module)
}

/// The settings and variables that a template writes, each with the expression that does.
fn written(marks: &Marks, text: &str) -> Vec<(String, Span)> {
    // Settings and scripts that are filled in begin with a comment or a section, and may quote markup.
    let is_page = (text.contains("</") || text.contains("/>")) && !text.trim_start().starts_with(['#', ';', '[']);
    if marks.needs_markup && !is_page {
        return Vec::new();
    }
    let mut out = Vec::new();
    for span in marks.outputs(text) {
        for name in expression::names(&text[span.start..span.end]) {
            out.push((name, span));
            if out.len() >= MOST {
                return out;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        let Some(marks) = marks::of(path) else { return vec!["no template".to_owned()] };
        written(&marks, text).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_is_written() {
        let rows: &[(&str, &str, &[&str])] = &[
            ("a.ejs", "<%= process.env.STRIPE_SECRET_KEY %>", &["STRIPE_SECRET_KEY"]),
            ("a.ejs", "<%- JSON.stringify(config.apiSecret) %>", &["apiSecret"]),
            ("a.ejs", "<%# process.env.X_SECRET %><% if (process.env.X_SECRET) { %>", &[]),
            ("a.ejs", "<%= process.env.X_SECRET ? 'yes' : 'no' %>", &[]),
            ("a.ejs", "<%= stripeSecretKey %><%= user.apiSecret %><%= client_secret %>", &["stripeSecretKey"]),
            ("a.hbs", "{{STRIPE_SECRET_KEY}} {{{config.apiKey}}} {{#if API_SECRET}}{{/if}}", &["STRIPE_SECRET_KEY", "apiKey"]),
            ("a.hbs", "{{!-- {{API_SECRET}} --}}{{json env.API_SECRET}}", &["API_SECRET"]),
            ("templates/a.html", "{{ config['OPENAI_API_KEY'] | tojson }}{# {{ API_SECRET }} #}", &["OPENAI_API_KEY"]),
            ("templates/a.html", "{{ config.SECRET_KEY | length }} {{ _('API secret') }}", &[]),
            ("a.html.erb", "<%= ENV.fetch('API_SECRET') %> <%= tag \"x#{ENV[\"B_SECRET\"]}\" %>", &["API_SECRET", "B_SECRET"]),
            ("a.html.erb", "<%= Rails.application.credentials.stripe[:secret_key] %>", &["stripe_secret_key"]),
            ("a.html.erb", "<%= Rails.application.credentials.dig(:stripe, :secret_key) %>", &["stripe_secret_key"]),
            ("a.yml.erb", "<%= ENV['DB_PASSWORD'] %>", &["no template"]),
            ("a.blade.php", "{{ config('services.stripe.secret') }}{!! env('B_SECRET') !!}", &["stripe_secret", "B_SECRET"]),
            ("a.blade.php", "{{-- {{ env('B_SECRET') }} --}}", &[]),
            ("a.phtml", "<?= getenv('A_SECRET') ?><?php $x = getenv('B_SECRET'); ?>", &["A_SECRET"]),
            ("a.php", "<p><?php echo $_ENV['A_SECRET']; ?></p>", &["A_SECRET"]),
            ("a.gohtml", "{{ .StripeSecretKey }}{{ .Config.ApiSecret }}{{ if .ApiSecret }}", &["StripeSecretKey", "ApiSecret"]),
            ("a.cshtml", "\"@Configuration[\"Stripe:SecretKey\"]\" me@secret.example @Model.PlunkSecretKey", &["Stripe_SecretKey", "PlunkSecretKey"]),
            ("a.pug", "meta(content=stripeSecretKey)\np #{process.env.A_SECRET}\np= title", &["A_SECRET", "stripeSecretKey", "title"]),
            ("a.html.heex", "<p data-k={System.get_env(\"A_SECRET\")}>", &["A_SECRET"]),
            ("a.jsp", "<%= System.getenv(\"A_SECRET\") %>${b.apiSecret}${apiSecretKey}", &["A_SECRET", "apiSecretKey"]),
            ("nginx.conf.j2", "{{ api_secret }}", &["no template"]),
            ("env.j2", "A={{ api_secret }}", &[]),
            ("page.j2", "<p>{{ api_secret }}</p>", &["api_secret"]),
            ("hue.template", "# Settings\nsplash=<b>x</b>\nsecret_key={{ api_secret }}", &[]),
            ("a.gohtml", "{{ $secret := .Config.ApiSecret }}", &[]),
        ];
        for (path, text, names) in rows {
            let mut found = told(path, text);
            found.sort();
            let mut names: Vec<&str> = names.to_vec();
            names.sort_unstable();
            // A name that is no secret's is for the rule to refuse.
            found.retain(|name| names.contains(&name.as_str()) || name != "title");
            assert_eq!(found, names.into_iter().filter(|name| *name != "title").collect::<Vec<_>>(), "{path}: {text}");
        }
    }

    #[test]
    fn broken_text_is_read_to_its_end() {
        for text in ["<%=", "<%= a", "{{", "{{{", "@", "@a[", "@a(", "#{", "${", "<?=", "{{ a[' }}", "\u{e9}@\u{e9}[\"\u{e9}\"", "{{ \u{e9}.x_secret"] {
            for path in ["a.ejs", "a.hbs", "a.cshtml", "a.pug", "a.jsp", "a.phtml", "a.blade.php", "templates/a.html", "a.heex"] {
                let _ = told(path, text);
            }
        }
        let deep = "{{ ".to_owned() + &"json(".repeat(20_000) + " }}";
        let _ = told("a.hbs", &deep);
        let many = "{{ a ".repeat(50_000);
        let _ = told("a.hbs", &many);
    }
}
