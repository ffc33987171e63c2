//! References of real repositories, and of broken ones.
