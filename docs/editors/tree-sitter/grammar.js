// The language as editors see it. `grammar/*.pest` at the top of the repository is what counts: a test runs both over
// all rulesets, and compares their words. This one is a little wider, so that what is half typed keeps its colours.

/// Words that are never names.
const RESERVED = [
  'and', 'or', 'not', 'in', 'has', 'is', 'if', 'then', 'else', 'when', 'true', 'false', 'unknown', 'today', 'per',
];

/// The letters of all scripts, with some signs among them: their exact classes would make the parser ten times as large.
const LETTERS =
  '\\u00aa\\u00b5\\u00ba\\u00c0-\\u1fff\\u2071-\\u2fff\\u3005-\\u3007\\u3021-\\ud7ff\\uf900-\\ufdff\\ufe70-\\ufefe\\uff66-\\uffdc' +
  '\\u{10000}-\\u{dffff}';
/// What may follow a letter.
const MARKS = '\\u00b7\\u200c\\u200d\\u203f\\u2040\\ufe00-\\ufe0f\\ufe20-\\ufe2f\\uff10-\\uff19\\u{e0100}-\\u{e01ef}';

/// Entries of a block, parted by commas or nothing.
const items = rule => repeat(seq(rule, optional(',')));
const block = rule => seq('{', items(rule), '}');
const list = rule => seq(rule, repeat(seq(',', rule)));

/// A name where a clause may begin with the same word; what follows tells which it is.
const named = ($, ...words) => field('name', choice($.identifier, ...words.map(word => alias(word, $.identifier))));

/// What names a declaration, and its title.
const declares = $ => seq(field('name', $.identifier), optional(field('title', $.text)));

/// A text, short or long, of some parts.
const quoted = (content, more) =>
  choice(
    seq('"', repeat(choice(alias(token.immediate(prec(1, content('\\n'))), 'content'), ...more)), token.immediate('"')),
    seq(
      '"""',
      repeat(choice(alias(token.immediate(prec(1, content(''))), 'content'), token.immediate(/""?/), ...more)),
      token.immediate('"""'),
    ),
  );

module.exports = grammar({
  name: 'qudao',

  word: $ => $.identifier,
  reserved: { global: _ => RESERVED, none: _ => [] },
  extras: $ => [/[ \t\r\n\uFEFF]/, $.comment],

  // What depends on the line: `scanner.c` tells.
  externals: $ => [
    $.unit_name, // behind a number, on its line
    $._dots, // `..`, a bound behind it on its line
    $._open_dots, // `..`, none behind it
    $._was, // `was NAME`, on one line
    $._row_end,
    $._recovering, // never in the grammar: valid only while an error is being repaired
  ],

  conflicts: $ => [
    // A comma goes on with a list, or parts the entries around it.
    [$.field], [$.statement], [$._effects], [$._needed], [$.members], [$.languages], [$.rank_by], [$._targets], [$.needs_effect],
    // `has none` is about a value of that name, or begins `has none {…}`.
    [$.quantifier, $.like_a_quantifier],
    // A name in a cell is a value or a source.
    [$._dotted_name, $.citation],
    // What `override parameter p[…` goes on with tells whether that is a value's key or a type.
    [$._dotted_name, $.index_type],
  ],

  rules: {
    source_file: $ => repeat($._declaration),

    comment: _ => token(seq('#', /[^\n]*/)),
    identifier: _ => new RegExp(`[A-Za-z_${LETTERS}][A-Za-z0-9_${LETTERS}${MARKS}]*`, 'u'),
    number: _ => /[0-9]+(_[0-9]+)*(\.[0-9]+(_[0-9]+)*)?/,
    date: _ => /[0-9]{4}-[0-9]{2}-[0-9]{2}/,

    // Texts. Those of reasons have expressions in braces; in all others a brace is itself.
    text: $ => seq($.string, repeat($.translation)),
    template: $ => seq(alias($.template_string, $.string), repeat(alias($.template_translation, $.translation))),
    translated: $ =>
      seq(alias($.template_string, $.string), repeat1(alias($.template_translation, $.translation))),
    translation: $ => seq($.language_tag, $.string),
    template_translation: $ => seq($.language_tag, alias($.template_string, $.string)),
    language_tag: _ => /@[A-Za-z]+(-[A-Za-z0-9]+)*/,
    string: $ => quoted(end => new RegExp(`[^"\\\\${end}]+`), [$.escape]),
    template_string: $ => quoted(end => new RegExp(`[^"\\\\{${end}]+`), [$.escape, $.hole]),
    escape: _ => token.immediate(prec(1, /\\(u\{[0-9A-Fa-f]*\}|[^\n])/)),
    hole: $ => seq(token.immediate(prec(1, '{')), $._expression, '}'),

    // Declarations.
    _declaration: $ =>
      choice(
        $.ruleset, $.import, $.extends, $.source, $.unit_declaration, $.enum, $.scale, $.profile, $.fact, $.parameter,
        $.facts, $.channel, $.mix, $.requirement, $.weight, $.levels, $.let, $.measure, $.rule, $.table, $.verdicts,
        $.test, $.property, $.texts, $.override, $.remove,
      ),

    ruleset: $ =>
      seq('ruleset', declares($), optional(block(choice($.version, $.languages, $.as_of, $.rank_by)))),
    version: $ => seq('version', $.string),
    languages: $ => seq('languages', list($.language)),
    language: $ => seq($.identifier, repeat(seq('-', choice($.identifier, $.number)))),
    as_of: $ => seq('as', 'of', $.date),
    rank_by: $ => seq('rank', 'by', list($.identifier)),

    import: $ => seq('import', $.string),
    extends: $ => seq('extends', choice($.string, $.identifier)),

    source: $ => seq('source', declares($), optional(block($._source_detail))),
    _source_detail: $ =>
      choice(
        seq(choice('url', 'publisher', 'text'), $.string),
        seq('published', choice($.date, $.number, $.string)),
        seq('accessed', $.date),
        seq('confidence', $.confidence),
        $.allow,
      ),
    confidence: _ => choice('high', 'medium', 'low'),

    unit_declaration: $ =>
      seq('unit', declares($), optional(seq($.number, 'decimals')), choice($._rate, repeat($.from)), repeat($.allow)),
    _rate: $ => seq('=', choice('unknown', $._signed), repeat($._stated)),

    enum: $ => seq('enum', declares($), block(choice($.allow, $.value))),
    value: $ => prec.right(seq(declares($), repeat($.old_name))),
    old_name: $ => seq(alias($._was, 'was'), $.identifier),
    scale: $ => seq('scale', declares($), '{', $.value, repeat(seq('<', $.value)), repeat($.allow), '}'),
    levels: $ => seq('levels', $.level, repeat(seq('>', $.level)), repeat($.allow)),
    level: $ => declares($),

    profile: $ => seq('profile', $._fields),
    _fields: $ => block(choice($.section, $.field, $.allow)),
    section: $ => seq('section', optional(field('name', $.identifier)), field('title', $.text), $._fields),
    field: $ =>
      seq(named($, 'section', 'allow', 'default', 'required', 'fixed', 'was'), $._typed, repeat($._field_clause)),
    _typed: $ => seq(':', field('type', $._type), optional(field('title', $.text))),
    _field_clause: $ =>
      choice(seq('in', $.literal_range), seq('default', $._literal), 'required', 'fixed', seq('was', $.identifier), $.allow),
    _type: $ => choice($.set_type, $.number_type, alias($.identifier, $.type)),
    set_type: $ => seq('set', 'of', alias($.identifier, $.type)),
    number_type: $ => seq(choice('number', 'int'), optional($.unit)),

    fact: $ => seq('fact', field('name', $.identifier), repeat($.index_type), $._typed, repeat($.allow)),
    index_type: $ => seq('[', alias($.identifier, $.type), ']'),
    parameter: $ =>
      seq(
        'parameter',
        field('name', $.identifier),
        repeat($.index_type),
        $._typed,
        repeat($.old_name),
        choice($._parameter_stated, repeat($.allow)),
      ),
    _parameter_stated: $ => seq(choice($._value_stated, block(choice($.parameter_value, $.allow))), repeat($.allow)),
    parameter_value: $ => seq(repeat($.index), $._value_stated),
    _value_stated: $ => prec.right(seq('=', $._literal, repeat($._stated))),
    facts: $ => seq('facts', $._rows_from, repeat($.allow)),
    _rows_from: $ => seq('from', choice(seq('csv', $.string), seq('xlsx', $.string, optional(seq('sheet', $.string))))),

    channel: $ =>
      seq(
        'channel',
        declares($),
        repeat($.old_name),
        optional(seq('like', $.identifier)),
        optional(block(choice($.statement, $.needs, $.owned, $.allow))),
      ),
    statement: $ =>
      seq(
        named($, 'needs', 'owned', 'allow', 'since', 'until', 'disputed', 'from'),
        repeat($.index),
        '=',
        $._literal,
        repeat($._stated),
      ),
    index: $ => seq('[', $.dotted, ']'),
    _stated: $ => choice($.since, $.until, $.from, $.disputed),
    since: $ => seq('since', $.date),
    until: $ => seq('until', $.date),
    disputed: $ => prec.right(seq('disputed', $._literal, repeat($.from))),
    from: $ => prec.right(seq('from', $.citation)),
    citation: $ => prec.right(seq(field('source', $.identifier), repeat($.string), optional(seq('at', $.string)))),
    allow: $ => seq('allow', $.code, $.string),
    code: $ => seq($._any_name, repeat(seq('-', $._any_name))),
    _any_name: $ => reserved('none', $.identifier),
    needs: $ => prec.right(seq('needs', choice('nothing', $._needed), repeat($.from))),
    _needed: $ => list($.identifier),
    owned: $ => seq('owned', 'when', $._expression),

    mix: $ => seq('mix', declares($), block(choice($.members, $.needs, $.from, $.allow))),
    members: $ => seq('of', list($.identifier)),
    requirement: $ => seq('requirement', declares($), optional(block($._requirement_item))),
    _requirement_item: $ =>
      choice(
        seq('met', 'when', $._expression),
        seq('how', $.template),
        seq(choice('cost', 'takes'), choice($.text, $._signed)),
        $.from,
        $.allow,
      ),

    weight: $ => seq('weight', field('name', $.identifier), '=', $._signed, repeat($.allow)),
    let: $ =>
      seq(
        'let',
        field('name', $.identifier),
        optional(seq(':', field('type', $._type))),
        '=',
        $._expression,
        repeat($.allow),
      ),
    measure: $ =>
      seq(
        'measure',
        field('name', $.identifier),
        $._typed,
        $.for_each,
        '=',
        $._expression,
        repeat(choice(seq(choice('higher', 'lower'), 'is', 'better'), seq('mixes', 'sum'), $.allow)),
      ),

    rule: $ =>
      seq(
        'rule',
        declares($),
        repeat(choice($.for_each, $.exception_to)),
        block(choice($.when, $.then, $.because, $.from, $.allow)),
      ),
    for_each: $ =>
      seq(
        'for',
        'each',
        field('name', $.identifier),
        optional(seq('in', '{', optional(seq(list($.identifier), optional(','))), '}')),
        optional(seq('where', $._expression)),
      ),
    exception_to: $ => seq('exception', 'to', list($.rule_name)),
    rule_name: $ => seq($.identifier, optional(seq(token.immediate('.'), choice($.identifier, $.number)))),
    when: $ => seq('when', $._expression),
    then: $ => seq('then', $._effects),
    because: $ => seq('because', $.template),

    _effects: $ => seq($._effect, repeat(seq(optional(','), $._effect))),
    _effect: $ => choice($.score, $.exclude, $.cap, $.note, $.needs_effect),
    _targets: $ => list($.identifier),
    score: $ => seq('score', $._targets, $.worth),
    worth: $ => seq(optional(choice('+', '-')), $._points),
    _points: $ =>
      choice(
        $.number,
        $._operand_of_points,
        prec.left(1, seq($._points, choice('+', '-'), $._points)),
        prec.left(2, seq($._points, choice('*', '/'), $._points)),
      ),
    _operand_of_points: $ => choice($.path, $.call, $.group, $.conditional),
    exclude: $ => seq('exclude', $._targets),
    cap: $ => seq('cap', $._targets, 'at', $.verdict),
    note: $ => seq(choice('note', 'warn'), optional($.identifier), $.template),
    needs_effect: $ => seq($.identifier, 'needs', list($.identifier)),
    verdict: _ => choice('recommended', 'possible', 'unsuitable', 'excluded', 'undecided'),

    verdicts: $ => seq('verdicts', block($.threshold)),
    threshold: $ => seq(choice('recommended', 'possible'), '>=', $.worth),

    test: $ => seq('test', field('title', $.text), block(choice($.as_of, $.given, $.expect, $.allow))),
    given: $ => seq('given', choice(seq($.string, optional($._assignments)), $._assignments)),
    _assignments: $ => block($.assignment),
    assignment: $ => seq(field('name', $.identifier), '=', $._literal),
    expect: $ => seq('expect', choice(block($._expectation), $._expectation)),
    _expectation: $ => choice($.expect_first, $.expect_rule, $.expect_missing, $.expect_target),
    expect_first: $ => seq('first', $.identifier),
    expect_rule: $ => seq('rule', $.rule_name, choice('fires', seq('does', 'not', 'fire'))),
    expect_missing: $ => seq('missing', $.identifier),
    expect_target: $ =>
      prec.right(
        seq(
          field('name', $.identifier),
          choice(
            seq('excluded', 'by', $.rule_name),
            $.verdict,
            seq('leaning', $.verdict),
            seq('could', 'be', $.verdict),
            seq('because', $.rule_name),
            seq('score', choice('=', '>=', '<='), $.worth),
            seq('needs', $.identifier, optional(choice('met', 'unmet', 'unknown'))),
            seq($.identifier, choice('=', '>=', '<='), $._signed),
          ),
        ),
      ),
    property: $ => seq('property', declares($), block(choice($.when, $.expect, $.even_unknown, $.allow))),
    even_unknown: _ => seq('even', 'unknown'),

    override: $ => seq('override', choice($._declaration, alias($.changed_parameter, $.parameter), alias($.changed_mix, $.mix))),
    changed_parameter: $ => seq('parameter', field('name', $.identifier), optional($.text), repeat($.index), $._parameter_stated),
    changed_mix: $ => seq('mix', declares($)),
    remove: $ =>
      seq(
        'remove',
        choice(
          'rule', 'table', 'channel', 'mix', 'requirement', 'field', 'fact', 'parameter', 'source', 'unit', 'enum',
          'scale', 'weight', 'let', 'measure',
        ),
        field('name', $.identifier),
      ),
    texts: $ => seq('texts', $.language, block($.text_entry)),
    text_entry: $ => seq($.text_path, '=', alias($.template_string, $.string)),
    text_path: $ => seq($._any_name, repeat(seq(token.immediate('.'), choice($._any_name, $.number)))),

    // Tables: a row is a line, cut into cells.
    table: $ => seq('table', declares($), optional(choice('collect', 'first', 'unique')), choice($._rows_from, $._rows)),
    _rows: $ => seq('{', repeat(choice($.row, seq($.allow, $._row_end))), '}'),
    row: $ => seq(optional(field('name', $.identifier)), repeat1(seq(choice('|', '||'), optional($.cell))), $._row_end),
    cell: $ =>
      choice(
        '-',
        /:?--+:?/,
        $._tests,
        seq('+', $._points),
        'exclude',
        seq('cap', $.verdict),
        $._effects,
        repeat1(choice($.from, $.citation)),
        alias($.translated, $.template),
        seq(choice('because', 'note', 'from', 'then'), optional($.language_tag)),
      ),
    _tests: $ => prec.left(seq($._test, repeat(seq(choice('and', 'or'), $._test)))),
    _test: $ =>
      choice(
        prec.dynamic(1, $._expression),
        prec.right(10, seq('not', $._test)),
        prec.left(4, seq($._comparison, $._expression)),
        $._membership,
        $._possession,
      ),

    // Expressions.
    _expression: $ =>
      choice($._operand, $.not, $.negative, $.and, $.or, $.compared, $.sum, $.product, $.member, $.possession, $.state),
    or: $ => prec.left(1, seq($._expression, 'or', $._expression)),
    and: $ => prec.left(2, seq($._expression, 'and', $._expression)),
    not: $ => prec(3, seq('not', $._expression)),
    compared: $ => prec.left(4, seq($._expression, $._comparison, $._expression)),
    _comparison: _ => choice('==', '!=', '<=', '>=', '<', '>'),
    member: $ => prec.left(4, seq($._expression, optional('not'), $._membership)),
    _membership: $ => prec.left(4, seq('in', choice($._expression, $.range))),
    possession: $ => prec.left(4, seq($._expression, $._possession)),
    _possession: $ => prec.left(4, seq('has', choice($._operand, seq($.quantifier, $._operand), alias($.like_a_quantifier, $.path)))),
    quantifier: _ => choice('any', 'all', 'none', 'only'),
    like_a_quantifier: $ => field('name', alias(choice('any', 'all', 'none', 'only'), $.identifier)),
    state: $ =>
      prec.left(4, seq($._expression, 'is', choice('known', 'unknown', 'excluded', 'eligible', 'lowest', 'highest'))),
    sum: $ => prec.left(5, seq($._expression, choice('+', '-'), $._expression)),
    product: $ => prec.left(6, seq($._expression, choice('*', '/'), $._expression)),
    negative: $ => prec(7, seq('-', $._expression)),

    _operand: $ =>
      choice(
        // In a cell, the text of a reason looks the same.
        alias($.template_string, $.string),
        $.date, $.quantity, $.group, $.set, $.conditional, $.boolean, $.today, $.path, $.call,
      ),
    quantity: $ => seq($.number, optional(choice('%', $.unit))),
    unit: $ => choice(seq('per', $.unit_name), seq($.unit_name, optional(seq('per', $.unit_name)))),
    boolean: _ => choice('true', 'false'),
    today: _ => 'today',
    group: $ => seq('(', $._expression, ')'),
    set: $ => seq('{', optional(seq(list($._expression), optional(','))), '}'),
    conditional: $ => prec.right(seq('if', $._expression, 'then', $._expression, 'else', $._expression)),
    path: $ => prec.right(seq($._dotted_name, repeat(seq('[', $._expression, ']')))),
    call: $ => seq($._dotted_name, '(', optional(list($._expression)), ')'),
    _dotted_name: $ => seq(field('name', $.identifier), optional(seq(token.immediate('.'), field('member', $.identifier)))),
    range: $ =>
      prec.left(5, choice(seq($._expression, $._upper), $._upper)),
    _upper: $ => prec.left(5, choice(seq(alias($._dots, '..'), $._expression), alias($._open_dots, '..'))),

    // Literals stand where a value is stated.
    _literal: $ =>
      choice($.date, $._signed, $.string, $.boolean, alias('unknown', $.unknown), $.literal_set, $.dotted),
    _signed: $ => seq(optional(choice('+', '-')), $.quantity),
    literal_set: $ => seq('{', optional(seq(list($._literal), optional(','))), '}'),
    literal_range: $ => choice(seq($._literal, optional($._literal_upper)), $._literal_upper),
    _literal_upper: $ => choice(seq(alias($._dots, '..'), $._literal), alias($._open_dots, '..')),
    dotted: $ => $._dotted_name,
  },
});
