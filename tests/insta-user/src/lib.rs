//! Nothing but a ruleset is kept here.
