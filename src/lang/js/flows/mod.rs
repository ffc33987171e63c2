//! Where values leave.

use super::scene::Scene;
use crate::lang::{Export, Flow};

/// The flows of a text, in order.
pub(super) fn flows(_scene: &mut Scene, _exports: &[Export]) -> Vec<Flow> {
    Vec::new()
}
