//! What a text says, as far as values go: expressions, names and what they are given, functions, classes, imports.
//!
//! Statements leave no trace of their own but the order of what they do.

use rustc_hash::FxHashMap as HashMap;

use crate::text::Span;

/// The number of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeIx(pub(super) u32);

#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) what: What<'t>,
    /// Bytes of the text.
    pub(super) span: Span,
    /// The scope and the block that it is in.
    pub(super) scope: u32,
    pub(super) block: u32,
}

#[derive(Debug, Clone)]
pub(super) enum What<'t> {
    Name(&'t str),
    /// A text: what stands in it.
    Text(Vec<Part>),
    /// A number, a word such as `true` or `nil`.
    Constant,
    Member(NodeIx, &'t str),
    Index(NodeIx, NodeIx),
    /// A part of a text or a list between two numbers, if they are numbers.
    Slice(NodeIx, Option<i64>, Option<i64>),
    Call(Call<'t>),
    List(Vec<NodeIx>),
    /// Entries of a map, fields of a structure; a key may be a name.
    Map(Vec<(Key<'t>, NodeIx)>),
    /// The sign, and both sides.
    Binary(&'t str, NodeIx, NodeIx),
    Unary(&'t str, NodeIx),
    /// One or the other.
    Choice(NodeIx, NodeIx),
    Function(u32),
    /// An assignment as an expression: its value.
    Assign(NodeIx),
    /// What is put together in a way that nobody knows here.
    Unknown(Vec<NodeIx>),
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Plain(Span),
    /// The expression, and the text that says how it is written.
    Hole(NodeIx, Span),
}

#[derive(Debug, Clone)]
pub(super) enum Key<'t> {
    Name(&'t str),
    Value(NodeIx),
    /// All of the value's own entries: `**options`.
    Spread,
}

#[derive(Debug, Clone)]
pub(super) struct Call<'t> {
    pub(super) callee: NodeIx,
    pub(super) args: Vec<Arg<'t>>,
    /// Whether it makes an instance: `new X()`, `X{}`.
    pub(super) is_new: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Arg<'t> {
    pub(super) name: Option<&'t str>,
    pub(super) value: NodeIx,
}

/// A function, a method, a closure.
#[derive(Debug)]
pub(super) struct Function<'t> {
    pub(super) name: Option<&'t str>,
    pub(super) params: Vec<Param<'t>>,
    /// The scope of its body.
    pub(super) scope: u32,
    /// What it may give back.
    pub(super) results: Vec<NodeIx>,
    /// The class that it is a method of.
    pub(super) class: Option<u32>,
    /// Annotations, attributes and decorators right before it, as they are written.
    pub(super) marks: Vec<Span>,
}

#[derive(Debug)]
pub(super) struct Param<'t> {
    pub(super) name: &'t str,
    pub(super) default: Option<NodeIx>,
    pub(super) span: Span,
    /// Whether its type says that it prints as stars.
    pub(super) type_span: Span,
}

/// A class, a structure, a module.
#[derive(Debug)]
pub(super) struct Class<'t> {
    pub(super) name: &'t str,
    /// Fields that are declared in its body, and parameters of its own: names, and what they hold.
    pub(super) fields: Vec<(&'t str, Option<NodeIx>, Span)>,
    pub(super) methods: Vec<u32>,
    /// From its name to its body: what it extends, its parameters.
    pub(super) head: Span,
    pub(super) marks: Vec<Span>,
    /// The word that declares it, with the words before: `data class`, `struct`.
    pub(super) word: Span,
}

/// A name that gets a value.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// What it gets.
    pub(super) value: Given,
    pub(super) span: Span,
    pub(super) block: u32,
    /// Whether what it held stays: `+=`, `||=`.
    pub(super) adds: bool,
    /// The type that stands beside the name, if one does.
    pub(super) type_span: Span,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Given {
    /// A value, or one of several that it is taken apart into.
    Node(NodeIx, Option<u32>),
    /// The items of a value: what a loop goes over.
    Items(NodeIx),
    /// The values of pairs that a loop goes over: `v` in `for k, v in x.items()`.
    Values(NodeIx),
    /// The parameter of a function, by its number.
    Param(u32, u32),
    /// Something that nothing is known of, as a caught error.
    Unknown,
    /// Declared without a value.
    Empty,
}

/// A scope of names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    pub(super) parent: Option<u32>,
    pub(super) function: Option<u32>,
    pub(super) class: Option<u32>,
}

/// Something that is asked of another module.
#[derive(Debug)]
pub(super) struct Asked<'t> {
    /// As it is written, with the language's own separators made dots where they part names.
    pub(super) specifier: String,
    /// The other module's name and this one's; `*` for all of it.
    pub(super) names: Vec<(&'t str, &'t str)>,
    pub(super) span: Span,
}

/// All that a text says.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) functions: Vec<Function<'t>>,
    pub(super) classes: Vec<Class<'t>>,
    pub(super) scopes: Vec<Scope>,
    /// The block around each block; the first is the text's own.
    pub(super) blocks: Vec<u32>,
    /// What names of a scope get, in order.
    pub(super) bindings: HashMap<(u32, &'t str), Vec<Binding>>,
    /// What fields of instances get: `self.x = ...`, by class and name.
    pub(super) fields: HashMap<(u32, &'t str), Vec<NodeIx>>,
    /// `object.field = ...` and `object[key] = ...`: by the scope and the object, the field and the value.
    pub(super) members: HashMap<(u32, &'t str), Vec<(String, NodeIx)>>,
    /// Assignments to members, whatever they are members of: the target and the value, in order.
    pub(super) assignments: Vec<(NodeIx, NodeIx)>,
    /// Calls, in order of their ends.
    pub(super) calls: Vec<NodeIx>,
    /// What is thrown, each as an expression, with the word that throws.
    pub(super) throws: Vec<(NodeIx, Span)>,
    /// What is asked of other modules.
    pub(super) imports: Vec<Asked<'t>>,
    /// What methods of Go call their instance, by the scope of the method.
    pub(super) receivers: HashMap<u32, &'t str>,
    /// Annotations of declared names, by scope and name.
    pub(super) marked: Vec<((u32, &'t str), Span)>,
}

impl<'t> Tree<'t> {
    pub(super) fn node(&self, at: NodeIx) -> &Node<'t> {
        &self.nodes[at.0 as usize]
    }

    /// Whether `outer` is `inner` or a block around it.
    pub(super) fn is_around(&self, outer: u32, mut inner: u32) -> bool {
        for _ in 0..200 {
            if outer == inner {
                return true;
            }
            let parent = self.blocks[inner as usize];
            if parent == inner {
                return false;
            }
            inner = parent;
        }
        false
    }

    /// The path of names that an expression is, with dots: `logger.info`; `None` where something else is in it. A call within it
    /// counts as its name.
    pub(super) fn path(&self, at: NodeIx) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        let mut at = at;
        for _ in 0..12 {
            match &self.node(at).what {
                What::Name(name) => {
                    names.push(name);
                    names.reverse();
                    return Some(names.join("."));
                }
                What::Member(object, name) => {
                    names.push(name);
                    at = *object;
                }
                What::Call(call) => at = call.callee,
                What::Index(object, _) => at = *object,
                What::Unary(_, inner) | What::Assign(inner) => at = *inner,
                _ => {
                    names.reverse();
                    return (!names.is_empty()).then(|| format!("?.{}", names.join(".")));
                }
            }
        }
        None
    }

    /// The last name of an expression: `info` of `logger.info`.
    pub(super) fn last_name(&self, at: NodeIx) -> Option<&'t str> {
        match &self.node(at).what {
            What::Name(name) | What::Member(_, name) => Some(name),
            _ => None,
        }
    }
}
