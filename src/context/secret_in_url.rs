//! `secret-in-url`: a secret as a part of a URL, or as an argument of a process.

use super::{ContextRule, FileContext, Observations, context_rule, leaks};
use crate::lang::{Flow, Sink};
use crate::terms::RuleId;

context_rule! {
    /// # secret-in-url
    ///
    /// ## What it finds
    ///
    /// A secret, or a variable that is named like one, that becomes a part of a URL (user name and password, path, query) or an argument of a process.
    ///
    /// ## Why it matters
    ///
    /// URLs are written down by every server and proxy on the way, by browsers in their history, and sent on in `Referer`. The arguments of a process are shown to everybody on the machine who lists processes, and shells keep them in their history.
    ///
    /// ## Fires
    ///
    /// ```js fires path=server/mail.js
    /// const answer = await fetch(`https://api.example.com/v1/contacts?api_key=${process.env.PLUNK_SECRET_KEY}`);
    /// ```
    ///
    /// ```sh fires path=deploy.sh
    /// curl "https://api.example.com/v1/contacts?api_key=$PLUNK_SECRET_KEY"
    /// ```
    ///
    /// ## Stays silent
    ///
    /// A header takes the same key, and nobody writes it down.
    ///
    /// ```js silent path=server/mail.js
    /// const answer = await fetch("https://api.example.com/v1/contacts", {
    ///   headers: { Authorization: `Bearer ${process.env.PLUNK_SECRET_KEY}` },
    /// });
    /// ```
    ///
    /// A publishable key may stand in a URL.
    ///
    /// ```js silent path=web/map.js
    /// const script = `https://maps.googleapis.com/maps/api/js?key=${process.env.GOOGLE_MAPS_API_KEY}`;
    /// ```
    ///
    /// ## What to do instead
    ///
    /// Send the key in a header: `Authorization: Bearer ...`, or the one that the API's documentation names. Give it to a process in its environment, in a file, or on standard input. Some APIs take a key in the URL alone, as Telegram's does: such a call is told with a low severity, and there the URL itself must be kept out of logs and errors.
    ///
    /// ## What it cannot see
    ///
    /// URLs that a library builds from its settings.
    SecretInUrl, "secret-in-url"
}

/// Parts of URLs of APIs that take keys in the URL by design.
const BY_DESIGN: &[&str] = &[
    "api.telegram.org",
    "googleapis.com",
    "openweathermap.org",
    "newsapi.org",
    "themoviedb.org",
    "hooks.slack.com",
    "discord.com/api/webhooks",
    "etherscan.io",
    "api.nasa.gov",
    "giphy.com",
    "infura.io",
    "alchemy.com",
    "alchemyapi.io",
    "quiknode.pro",
    "weatherapi.com",
    "alphavantage.co",
    "exchangerate-api.com",
    "ipinfo.io",
    "serpapi.com",
    "omdbapi.com",
];

/// Hosts and their parameters which clients are given: Stripe's secret of a single payment.
const OF_CLIENTS: &[(&str, &str)] = &[("api.stripe.", "`client_secret`")];

/// Hosts of maps, whose keys are made to be seen.
const OPEN: &[&str] = &["maps.googleapis.com", "maps.google.", "api.mapbox.com", "api.maptiler.com", "tile.thunderforest.com", "dev.virtualearth.net"];

impl ContextRule for SecretInUrl {
    fn id(&self) -> RuleId {
        Self::ID
    }

    fn page(&self) -> &'static str {
        Self::PAGE
    }

    fn check_file<'a>(&self, cx: &FileContext<'a>, out: &mut Observations<'a>) {
        leaks::check(self, cx, out, |flow| match &flow.sink {
            Sink::Url(part) => {
                let line = line_of(cx, flow);
                if OPEN.iter().any(|host| line.contains(host)) || OF_CLIENTS.iter().any(|(host, name)| line.contains(host) && part.contains(name)) {
                    return None;
                }
                let is_by_design = BY_DESIGN.iter().any(|host| line.contains(host));
                Some(leaks::Leak {
                    message: format!("becomes {part} of a URL"),
                    step: format!("it becomes {part} of a URL"),
                    advice: if is_by_design {
                        "This API takes its key in the URL: keep the URL out of logs, errors and redirects."
                    } else {
                        "Send the secret in a header, such as `Authorization`, or in the body of the request."
                    },
                    advice_whole: "Put the few values that the URL needs into it by name, and secrets into a header.",
                    steps: if is_by_design { -1 } else { 0 },
                })
            }
            Sink::Argument(program) => Some(leaks::Leak {
                message: format!("is an argument of the process `{program}`, which everybody on the machine can list"),
                step: format!("`{program}` is started with it"),
                advice: "Give the secret to the process in its environment, in a file, or on standard input.",
                advice_whole: "Give the process what it needs in its environment or in a file.",
                steps: 0,
            }),
            _ => None,
        });
    }
}

/// The line of a flow as it may be shown: enough to know the host by, where the URL is written there.
fn line_of<'a>(cx: &FileContext<'a>, flow: &Flow) -> &'a str {
    cx.file.facts.spot(flow.spot).map_or("", |spot| spot.excerpt.text.as_str())
}
