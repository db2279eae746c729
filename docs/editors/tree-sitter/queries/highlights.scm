; Names of captures are those of Helix; Neovim takes each for the group that its first part names.
; No node is captured twice: editors do not agree on which capture counts.

(comment) @comment
(string) @string
(escape) @constant.character.escape
(language_tag) @attribute
(number) @constant.numeric
(date) @constant.numeric
(unit) @type
["unknown" "true" "false" "nothing"] @constant.builtin
[(unknown) (today)] @constant.builtin

; What is declared.
[
  "ruleset" "import" "extends" "override" "remove" "source" "unit" "enum" "scale" "profile" "section" "field" "fact"
  "parameter" "facts" "channel" "mix" "requirement" "weight" "levels" "let" "measure" "rule" "table" "verdicts" "test"
  "property" "texts"
] @keyword

; Clauses.
[
  "version" "languages" "as" "of" "rank" "by" "url" "publisher" "published" "accessed" "confidence" "text" "decimals"
  "default" "required" "fixed" "was" "csv" "xlsx" "sheet" "like" "needs" "owned" "since" "until" "disputed" "from" "at"
  "allow" "met" "unmet" "how" "cost" "takes" "higher" "lower" "better" "mixes" "sum" "because" "given" "expect" "first"
  "missing" "fires" "does" "fire" "leaning" "could" "be" "even" "collect" "unique"
] @keyword

; Control, and effects.
["when" "then" "for" "each" "where" "exception" "to" "if" "else"] @keyword.control
["score" "exclude" "cap" "note" "warn"] @keyword.directive
["and" "or" "not" "in" "has" "is" "any" "all" "none" "only" "per"] @keyword.operator
["recommended" "possible" "unsuitable" "excluded" "undecided"] @constant.builtin
["known" "eligible" "lowest" "highest" "high" "medium" "low"] @constant.builtin

; Types.
["number" "int" "set"] @type.builtin
(type) @type

; Names where they are declared.
(ruleset name: (identifier) @namespace)
(source name: (identifier) @label)
(unit_declaration name: (identifier) @type)
(enum name: (identifier) @type)
(scale name: (identifier) @type)
(value name: (identifier) @constant)
(level name: (identifier) @constant)
(field name: (identifier) @variable.other.member)
(section name: (identifier) @label)
(fact name: (identifier) @variable.other.member)
(parameter name: (identifier) @constant)
(channel name: (identifier) @constructor)
(mix name: (identifier) @constructor)
(requirement name: (identifier) @constructor)
(weight name: (identifier) @constant)
(let name: (identifier) @variable)
(measure name: (identifier) @variable.other.member)
(rule name: (identifier) @function)
(table name: (identifier) @function)
(row name: (identifier) @function)
(property name: (identifier) @function)
(remove name: (identifier) @variable)
(for_each name: (identifier) @variable.parameter)

; Names where they are used.
(statement name: (identifier) @variable.other.member)
(assignment name: (identifier) @variable.other.member)
(citation source: (identifier) @label)
(code) @label
(text_path) @label
(rule_name (identifier) @function)
(old_name (identifier) @variable)
(path name: (identifier) @variable)
(path member: (identifier) @variable.other.member)
(dotted name: (identifier) @constant)
(dotted member: (identifier) @constant)
(call name: (identifier) @function.builtin)
(members (identifier) @constructor)
(needs (identifier) @constructor)
(score (identifier) @constructor)
(exclude (identifier) @constructor)
(cap (identifier) @constructor)
(note (identifier) @constructor)
(needs_effect (identifier) @constructor)
(expect_target name: (identifier) @constructor)
(expect_first (identifier) @constructor)
(expect_missing (identifier) @variable.other.member)

["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," ":" "." "|" "||"] @punctuation.delimiter
["=" "==" "!=" "<=" ">=" "<" ">" "+" "-" "*" "/" "%" ".."] @operator
