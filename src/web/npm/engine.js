// The engine: one call with JSON in and JSON out, and rulesets that stay loaded between calls.

/** What cannot be answered, in words; where a text is to blame, `problems` says where. */
export class QudaoError extends Error {
  constructor(message, problems = []) {
    super(message);
    this.name = 'QudaoError';
    this.problems = problems;
  }
}

const today = () => new Date().toISOString().slice(0, 10);
const plain = options => ({
  as_of: options.asOf, today: options.today ?? today(), lang: options.lang, budget: options.budget, gaps: options.gaps,
});

/** Reads a profile as a call takes it: an object of fields and values, or a text. */
function asked(profile, options) {
  const { as_of, today, lang } = plain(options);
  const common = { as_of, today, lang, set: options.set ?? [], name: options.name };
  if (profile == null) return common;
  if (typeof profile !== 'string') return { ...common, text: JSON.stringify(profile), format: 'json' };
  return { ...common, text: profile, format: options.format ?? (options.name ? undefined : 'yaml') };
}

/** A loaded module. */
export class Qudao {
  #exports;
  #broken = null;
  static #encoder = new TextEncoder();
  static #decoder = new TextDecoder();

  /** Makes an engine of a compiled module, or of its bytes. */
  static async of(module) {
    const made = await WebAssembly.instantiate(module, {});
    return new Qudao((made.instance ?? made).exports);
  }

  constructor(exports) {
    this.#exports = exports;
  }

  /** Answers a call; `index.d.ts` tells which there are. */
  call(call) {
    if (this.#broken) throw this.#broken;
    const { memory, qudao_room, qudao_call, qudao_answer } = this.#exports;
    let text;
    try {
      const bytes = Qudao.#encoder.encode(JSON.stringify(call));
      // The memory moves as it grows: where it is is asked after each call.
      const room = qudao_room(bytes.length) >>> 0;
      new Uint8Array(memory.buffer, room, bytes.length).set(bytes);
      const length = qudao_call() >>> 0;
      const answer = qudao_answer() >>> 0;
      text = Qudao.#decoder.decode(new Uint8Array(memory.buffer, answer, length));
    } catch (error) {
      // What it holds may be half written.
      this.#broken = new QudaoError(`the engine stopped, make another one: ${error.message}`);
      throw this.#broken;
    }
    const answer = JSON.parse(text);
    if ('error' in answer) throw new QudaoError(answer.error);
    return answer.ok;
  }

  /** The names of the rulesets that ship. */
  bundled() {
    return this.call({ call: 'bundled' });
  }

  /** Loads a ruleset: a text, `{ files, main }`, or `{ bundled }`. */
  load(texts, options = {}) {
    const given = typeof texts === 'string' ? { files: { 'main.qd': texts } } : texts;
    const loaded = this.call({ call: 'load', texts: given, lang: options.lang });
    if (!loaded.usable) {
      this.call({ call: 'free', ruleset: loaded.ruleset });
      const errors = loaded.diagnostics.filter(found => found.severity === 'error');
      const lines = errors.map(of => `${of.file}:${of.line}:${of.column}: ${of.message}`);
      throw new QudaoError(lines.join('\n'), errors);
    }
    return new Ruleset(this, loaded);
  }

  /** Lays a text out. */
  format(text, name = 'main.qd') {
    const laidOut = this.call({ call: 'format', name, text });
    if (laidOut.text === undefined) throw new QudaoError('the text has errors', laidOut.diagnostics);
    return laidOut.text;
  }
}

/** A ruleset without errors. */
export class Ruleset {
  #engine;
  #number;

  constructor(engine, loaded) {
    this.#engine = engine;
    this.#number = loaded.ruleset;
    this.warnings = loaded.diagnostics;
  }

  #call(call, rest) {
    const answer = this.#engine.call({ call, ruleset: this.#number, ...rest });
    if (answer?.schema === 'qudao.rejected/1') {
      const lines = answer.diagnostics.map(of => `${of.file}:${of.line}:${of.column}: ${of.message}`);
      throw new QudaoError(lines.join('\n'), answer.diagnostics);
    }
    return answer;
  }

  /** Its title, fields and targets. */
  about(lang) {
    return this.#call('about', { lang });
  }

  /** The JSON Schema of its profiles. */
  schema(lang) {
    return this.#call('schema', { lang });
  }

  /** Decides a profile: the document `qudao.result/1`. */
  decide(profile, options = {}) {
    return this.#call('decide', { asked: asked(profile, options), trace: options.trace ?? false });
  }

  /** Tells the answer: `text`, `markdown` or `html`. */
  answer(profile, options = {}) {
    return this.#call('answer', { asked: asked(profile, options), form: options.form });
  }

  /** Tells the proof of a channel or a mix: `text`, `markdown`, `html`, or `json`. */
  why(profile, target, options = {}) {
    return this.#call('why', { asked: asked(profile, options), target, form: options.form });
  }

  /** The report for a client, as a page. */
  report(profile, options = {}) {
    return this.#call('report', { asked: asked(profile, options) });
  }

  /** The next question, and how many answers are still needed. */
  ask(answers = {}, options = {}) {
    const set = Object.entries(answers).map(([field, value]) => `${field}=${value ?? 'unknown'}`);
    const interview = { asked: [...Object.keys(answers), ...(options.left ?? [])], further: options.further ?? false };
    return this.#call('ask', { asked: asked(null, { ...options, set }), interview });
  }

  /** Answers rows of CSV, or of NDJSON. */
  table(rows, options = {}) {
    const { as_of, today } = plain(options);
    const columns = Object.entries(options.columns ?? {}).map(([column, field]) => [column, field]);
    const table = { rows, form: options.form ?? 'csv', columns, keep: options.keep ?? [], reasons: options.reasons ?? false };
    return this.#call('table', { table: { ...table, as_of, today } });
  }

  /** All that proofs find in it: `qudao check`. */
  check(options = {}) {
    return this.#call('check', { by: plain(options) });
  }

  /** Runs its tests and proves its properties: the document `qudao.test/1`, or a text. */
  test(options = {}) {
    return this.#call('test', { by: plain(options), form: options.form ?? 'json' });
  }

  /** What it changes against an older one: the document `qudao.diff/1`, or a text. */
  diff(old, options = {}) {
    return this.#call('diff', { old: old.#number, by: plain(options), form: options.form ?? 'json' });
  }

  /** Forgets it. */
  free() {
    this.#call('free', {});
  }
}
