[
  (ruleset) (source) (enum) (scale) (profile) (section) (parameter) (channel) (mix) (requirement) (rule) (table)
  (verdicts) (test) (property) (texts) (given) (expect)
] @fold
