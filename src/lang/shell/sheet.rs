//! The facts of a file as they are collected: flows, and the reads and places that they need.

use crate::lang::{Dump, EnvObject, Flow, Module, Read, Sink, Spots, Value};
use crate::text::Span;

/// No file says more.
const MOST: usize = 300;

/// What something holds, with places of the file. It becomes a `Value` when it leaves: what never does needs no facts.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lang) enum Held {
    /// An environment variable.
    Env(String, Span),
    /// A thing that is known by its name.
    Named(String, Span),
    /// A credential, by its number among the file's.
    Literal(u32),
    /// All environment variables.
    Whole(Span),
    /// All secrets of a service.
    Secrets(Span),
    /// The same after a step.
    Via(Span, String, Box<Held>),
}

impl Held {
    /// The same after a step; more than a few of these nobody reads.
    pub(in crate::lang) fn via(self, at: Span, text: String) -> Self {
        if self.steps() >= 6 { self } else { Self::Via(at, text, Box::new(self)) }
    }

    /// Whether a bundler publishes the variable whatever it holds.
    fn is_published(&self) -> bool {
        match self {
            Self::Env(name, _) | Self::Named(name, _) => crate::context_data_static::PUBLIC_PREFIXES.iter().any(|(prefix, ..)| name.starts_with(prefix)),
            Self::Via(_, _, inner) => inner.is_published(),
            _ => false,
        }
    }

    fn steps(&self) -> usize {
        let mut steps = 0;
        let mut held = self;
        while let Self::Via(_, _, inner) = held {
            steps += 1;
            held = inner;
        }
        steps
    }
}

/// Collects the facts of one file.
pub(in crate::lang) struct Sheet<'s> {
    module: Module,
    spots: &'s mut Spots,
    values: &'s [Span],
}

impl<'s> Sheet<'s> {
    /// Nothing yet; `values` are the credentials of the file.
    pub(in crate::lang) fn new(values: &'s [Span], spots: &'s mut Spots) -> Self {
        Self { module: Module::default(), spots, values }
    }

    /// The facts, if there are any.
    pub(in crate::lang) fn finish(self) -> Option<Module> {
        (!self.module.flows.is_empty()).then_some(self.module)
    }

    /// The credentials in a part of the file.
    pub(in crate::lang) fn literals(&self, span: Span) -> Vec<Held> {
        let first = self.values.partition_point(|value| value.end <= span.start);
        let inside = self.values.iter().enumerate().skip(first).take_while(|(_, value)| value.start < span.end);
        inside.map(|(number, _)| Held::Literal(number as u32)).collect()
    }

    /// The place of a credential.
    pub(in crate::lang) fn literal(&self, number: u32) -> Option<Span> {
        self.values.get(number as usize).copied()
    }

    /// A value of what is held.
    pub(in crate::lang) fn value(&mut self, held: &Held) -> Value {
        match held {
            Held::Env(name, span) => {
                let spot = self.spots.add(*span);
                let number = self.module.reads.len() as u32;
                self.module.reads.push(Read { name: name.clone(), from: EnvObject::Server, is_direct: false, spot, part: 0 });
                Value::Env(number)
            }
            Held::Named(name, span) => Value::Named(self.spots.add(*span), name.clone()),
            Held::Literal(number) => Value::Literal(*number),
            Held::Whole(span) => Value::WholeEnv(self.spots.add(*span)),
            Held::Secrets(span) => Value::Dump(self.spots.add(*span), Dump::Secrets),
            Held::Via(span, text, inner) => {
                let inner = self.value(inner);
                Value::Via(self.spots.add(*span), text.clone(), Box::new(inner))
            }
        }
    }

    /// Notes that something leaves.
    pub(in crate::lang) fn flow(&mut self, sink: Sink, at: Span, held: &[Held]) {
        // A build is given what it publishes in its arguments: that this is no secret any more is another rule's finding.
        let is_argument = matches!(sink, Sink::Argument(_));
        let held: Vec<&Held> = held.iter().filter(|one| !(is_argument && one.is_published())).collect();
        if held.is_empty() || self.module.flows.len() >= MOST {
            return;
        }
        let mut values: Vec<Value> = Vec::new();
        for (number, one) in held.iter().enumerate() {
            if number < 40 && !held[..number].contains(one) {
                values.push(self.value(one));
            }
        }
        let value = if values.len() == 1 { values.remove(0) } else { Value::Some(values) };
        let spot = self.spots.add(at);
        self.module.flows.push(Flow { sink, spot, value, part: 0, within: None });
    }
}
