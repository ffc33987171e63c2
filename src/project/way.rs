//! The ways that values take over several modules.

use super::FileFacts;
use crate::lang::{Dump, SpotIx};
use crate::terms::Place;

/// One step of a way.
#[derive(Debug, Clone)]
pub struct Hop<'p> {
    /// The file in which it happens.
    pub file: &'p FileFacts,
    /// Where in it.
    pub spot: SpotIx,
    /// What happens there: "imported by a client component".
    pub text: String,
}

/// The way by which a client gets a part of a module: by the module being an entry of a client itself, or by imports.
#[derive(Debug, Clone)]
pub struct Way<'p> {
    /// From the module to the client: each hop is an import, in the file that imports. Empty when the module itself is
    /// where a client begins, or when what it offers is used there by its name alone.
    pub hops: Vec<Hop<'p>>,
    /// The file where a client begins.
    pub entry: &'p FileFacts,
    /// What kind of client that is: a browser, a desktop app, a mobile app.
    pub place: Place,
    /// Why that is a client: "it says \"use client\"", "Vite's index.html loads it".
    pub why: String,
}

/// What is held, in the end.
#[derive(Debug, Clone)]
pub enum Held<'p> {
    /// A credential that is written in a file: its number among the file's literals.
    Literal(&'p FileFacts, u32),
    /// An environment variable: the number of the read.
    Env(&'p FileFacts, u32),
    /// All environment variables.
    WholeEnv(&'p FileFacts, SpotIx),
    /// One of all environment variables that another module offers: its name, and where all are taken.
    Field(&'p FileFacts, SpotIx, String),
    /// Something that is known by its name alone: where it is used, and the name.
    Named(&'p FileFacts, SpotIx, String),
    /// A whole thing that holds secrets among others.
    Dump(&'p FileFacts, SpotIx, Dump),
    /// A constant text.
    Text(&'p FileFacts, String),
}

/// Where a value comes from, and how it got there.
#[derive(Debug, Clone)]
pub struct Origins<'p> {
    /// What it is.
    pub held: Held<'p>,
    /// The steps from there to the expression that was asked about, in order.
    pub hops: Vec<Hop<'p>>,
}
