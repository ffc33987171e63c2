//! Marks by which a file says where it runs: `"use client"`, `import "server-only"`, a shebang.

use std::sync::LazyLock;

use crate::detect::Words;

/// What was found in the head of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Directives {
    /// `"use client"` before any statement, or `import "client-only"`.
    pub client: bool,
    /// `"use server"` before any statement, `import "server-only"`, or a shebang.
    pub server: bool,
    /// It uses what only browsers have (`document.`, `localStorage`, `react-dom`), and nothing that only servers have.
    pub browser: bool,
    /// It uses what only servers have (`node:fs`, `express()`, `module.exports`), and nothing that only browsers have.
    pub node: bool,
    /// A bundler wrote it: it has lines without end, or begins as only the output of one does.
    pub built: bool,
    /// It is JSON with the settings of an Expo app, which are packed into it.
    pub expo: bool,
}

/// Bytes of a file's head that are read.
const HEAD: usize = 8 * 1024;

/// Reads the directive prologue (ECMA-262, "Directive Prologues") after comments, and imports of marker packages.
pub(super) fn read(text: &[u8]) -> Directives {
    let head = &text[..text.len().min(HEAD)];
    let mut found = Directives { server: head.starts_with(b"#!"), ..Directives::default() };
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if rest.starts_with(b"#!") {
        rest = after_line(rest);
    }
    loop {
        rest = skip_comments(rest);
        let Some(quote) = rest.first().filter(|byte| matches!(byte, b'"' | b'\'')) else { break };
        let Some(end) = memchr::memchr(*quote, &rest[1..]) else { break };
        match &rest[1..=end] {
            b"use client" => found.client = true,
            b"use server" => found.server = true,
            _ => {}
        }
        rest = &rest[end + 2..];
    }
    for (package, is_client) in [("server-only", false), ("client-only", true)] {
        let imported = memchr::memmem::find_iter(head, package.as_bytes()).any(|at| {
            let before = head[..at].trim_ascii_end();
            let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
            before.ends_with(b"import") || before.ends_with(b"require(")
        });
        found.client |= imported && is_client;
        found.server |= imported && !is_client;
    }
    found.expo = head.starts_with(b"{") && memchr::memmem::find(head, b"\"expo\"").is_some();
    let wide = &text[..text.len().min(EVIDENCE)];
    let (browser, node) = (OF_BROWSERS.are_in(wide), OF_NODE.are_in(wide));
    // A script that writes a page quotes what only browsers have.
    let uses = |words: &[&str]| words.iter().any(|word| memchr::memmem::find(wide, word.as_bytes()).is_some());
    let writes_pages = || !head.trim_ascii_start().starts_with(b"<") && uses(&["<script", "<!doctype", "<!DOCTYPE"]);
    found.browser = browser && !node && !writes_pages();
    found.node = node && !browser;
    let start = skip_comments(head);
    let start = start.strip_prefix(b"\"use strict\";").unwrap_or(start).trim_ascii_start();
    found.built = is_minified(text) || RUNTIMES.iter().any(|runtime| start.starts_with(runtime)) || head.starts_with(b"/******/");
    found
}

/// Bytes in which evidence is looked for.
const EVIDENCE: usize = 64 * 1024;

static OF_BROWSERS: LazyLock<Words> = LazyLock::new(|| Words::new(BROWSER.iter().copied(), false));
static OF_NODE: LazyLock<Words> = LazyLock::new(|| Words::new(NODE.iter().copied(), false));

/// What only browsers have.
const BROWSER: &[&str] = &[
    "document.",
    "window.",
    "localStorage",
    "sessionStorage",
    "customElements",
    "addEventListener(",
    "navigator.",
    "react-dom",
    "createApp(",
    "useState(",
    "useEffect(",
    "@stripe/stripe-js",
    "loadStripe(",
    "useRef(",
    "useContext(",
    "extends React.Component",
    "extends Component",
    "extends PureComponent",
    "onClick={",
    "onSubmit={",
    "@angular/core",
    "XMLHttpRequest",
    "$.ajax(",
    "$.getJSON(",
    "$.post(",
    "$(document)",
    "jQuery(",
    "LitElement",
    "chrome.runtime",
    "chrome.storage",
    "chrome.tabs",
    "browser.runtime",
    "browser.storage",
];

/// What only servers have.
const NODE: &[&str] = &[
    "require(\"express",
    "require('express",
    "from \"express",
    "from 'express",
    "node:",
    "require(\"fs",
    "require('fs",
    "from \"fs",
    "from 'fs",
    "http.createServer",
    "app.listen(",
    "next/headers",
    "module.exports",
    "process.exit",
    "process.argv",
    "firebase-admin",
    "@plunk/node",
    "from \"pg\"",
    "from 'pg'",
    "@prisma/client",
    "fastify",
    "dotenv",
    "res.send(",
    "res.status(",
    "res.render(",
    "res.setHeader(",
    "req.body",
    "ctx.body",
    "Bun.serve",
    "Deno.serve",
    "Deno.env",
    "@nestjs/",
    // Servers that are written in Swift.
    "import Vapor",
    "import Hummingbird",
    "import NIO",
    "import AWSLambdaRuntime",
];

/// What the output of bundlers begins with.
const RUNTIMES: &[&[u8]] = &[
    b"(()=>{",
    b"(() => { // webpackBootstrap",
    b"!function(e",
    b"(self.webpackChunk",
    b"(window.webpackJsonp",
    b"(globalThis.TURBOPACK",
    b"(globalThis[\"TURBOPACK",
    b"var $parcel$",
    b"let e=globalThis",
    b"const __vite__mapDeps=",
    b"import{",
    b"(function(){const t=document.createElement(\"link\").relList",
];

/// Whether no hand wrote it: lines without end.
pub(in crate::lang) fn is_minified(text: &[u8]) -> bool {
    let (mut start, mut lines) = (0, 1);
    for end in memchr::memchr_iter(b'\n', text) {
        if end - start > 5000 {
            return true;
        }
        start = end + 1;
        lines += 1;
    }
    text.len() - start > 5000 || text.len() > 10_000 && text.len() / lines > 500
}

fn after_line(text: &[u8]) -> &[u8] {
    memchr::memchr(b'\n', text).map_or(&[], |at| &text[at + 1..])
}

fn skip_comments(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        text = text.strip_prefix(b";").unwrap_or(text);
        if text.starts_with(b"//") {
            text = after_line(text);
        } else if text.starts_with(b"/*") {
            text = memchr::memmem::find(&text[2..], b"*/").map_or(&[], |at| &text[at + 4..]);
        } else if !text.first().is_some_and(u8::is_ascii_whitespace) {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence() {
        let read = |text: &str| {
            let found = read(text.as_bytes());
            (found.browser, found.node)
        };
        assert_eq!(read("document.querySelector('x')"), (true, false));
        assert_eq!(read("const app = require('express')()"), (false, true));
        assert_eq!(read("import fs from 'fs'; window.x = 1"), (false, false));
    }

    #[test]
    fn prologues() {
        let read = |text: &str| {
            let found = read(text.as_bytes());
            (found.client, found.server)
        };
        assert_eq!(read("'use client'\nimport x"), (true, false));
        assert_eq!(read("// why\n/* and how */\n\"use strict\"; \"use client\";"), (true, false));
        assert_eq!(read("import 'server-only'\n"), (false, true));
        assert_eq!(read("#!/usr/bin/env node\nx"), (false, true));
        assert_eq!(read("const x = 'use client'"), (false, false));
        assert_eq!(read("// server-only code\n"), (false, false));
        assert_eq!(read("'use server'"), (false, true));
    }
}
