; The one name that a declaration keeps to itself: what `for each` goes through.
[(rule) (measure)] @local.scope
(for_each name: (identifier) @local.definition)
(path name: (identifier) @local.reference)
(score (identifier) @local.reference)
(exclude (identifier) @local.reference)
(cap (identifier) @local.reference)
(note (identifier) @local.reference)
(needs_effect (identifier) @local.reference)
