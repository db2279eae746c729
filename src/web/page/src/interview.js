// An interview: one question at a time or all on one page, then the answer and its report.
import { called, control, question } from './fields.js';
import { Stopped } from './client.js';
import { download, frame, h, put } from './dom.js';

/** Holds an interview in an element. `engine.call` answers for the ruleset of that number. */
export function interview(root, { engine, ruleset, words, today, lang, answers = {} }) {
  /** Each answer that was given, in order: its value, or `null` where the question was left open. */
  let given = new Map(Object.entries(answers));
  let about;
  let further = false;
  let whole = false;
  /** The field that is answered anew. */
  let again = null;
  let turn = 0;
  const status = h('p', { class: 'status', role: 'status' });
  const place = h('div', { class: 'interview' });
  put(root, place, status);

  const set = () => [...given].filter(([, value]) => value !== null).map(([field, value]) => `${field}=${value}`);
  const wrong = found => `${words.wrongValue}${words.colon}${found.map(of => of.message).join(words.comma)}`;
  const asked = () => ({ set: set(), lang, today, name: `${about.name}.yaml` });
  const call = (name, rest) => engine.call({ call: name, ruleset, ...rest });
  const field = name => about.fields.find(of => of.name === name);
  const say = text => { status.textContent = text; };

  /** Does something with the engine; what it was stopped at is told. */
  async function work(step) {
    turn += 1;
    const mine = turn;
    try {
      say('');
      await step(() => mine === turn);
    } catch (error) {
      say(error instanceof Stopped ? words.stopped : error.message);
    }
  }

  const start = () => work(async current => {
    about = await call('about', { lang });
    if (!current()) return;
    put(place, h('h2', {}, about.title || about.name), h('p', {}, words.intro), h('p', { class: 'soft' }, words.nothingLeaves),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', class: 'primary', onclick: () => { whole = false; next(); } }, words.oneByOne),
        h('button', { type: 'button', onclick: () => { whole = true; page(); } }, words.allAtOnce),
        opener()));
  });

  function opener() {
    const input = h('input', { type: 'file', accept: '.yaml,.yml,.json,.toml', class: 'unseen', 'aria-label': words.openAnswers, onchange: async () => {
      const [file] = input.files;
      const text = await file.text();
      await work(async current => {
        const told = await call('profile', { asked: { text, name: file.name, lang } });
        if (!current()) return;
        if (!told.values) return say(told.diagnostics.map(of => of.message).join(words.comma));
        given = new Map(Object.entries(told.values).filter(([, of]) => of.origin === 'given').map(([name, of]) => [name, of.value ?? 'unknown']));
        await next();
      });
    } });
    return h('label', { class: 'button' }, input, h('span', {}, words.openAnswers));
  }

  const next = () => (whole ? page() : step());

  /** The question that comes next, or the end. */
  const step = () => work(async current => {
    const told = await call('ask', { asked: asked(), interview: { asked: [...given.keys()].filter(name => name !== again), further } });
    if (!current()) return;
    if (told.diagnostics) return refuse(told.diagnostics);
    if (again !== null) return ask({ field: field(again), because: null, why: null }, told.left);
    if (told.question) return ask(told.question, told.left);
    if (told.more && !further) return offer(told.more);
    return finish();
  });

  /** An answer that its question does not take is taken back, and asked for again. */
  function refuse(found) {
    const last = [...given.keys()].pop();
    given.delete(last);
    step().then(() => say(wrong(found)));
  }

  function ask({ field: of, because, why }, left) {
    let value = given.get(of.name) ?? (why === 'assumed' ? of.default : undefined);
    const count = given.size;
    const error = h('p', { class: 'error', role: 'alert' });
    const answered = value => {
      given.delete(of.name);
      given.set(of.name, value);
      again = null;
      step();
    };
    const form = h('form', { class: 'card', onsubmit: event => {
      event.preventDefault();
      if (value == null) put(error, words.chooseFirst);
      else answered(value);
    } },
      of.section && h('p', { class: 'section' }, of.section),
      control(of, value, now => { value = now; put(error); }, words, { unknown: false }),
      why === 'assumed' && h('p', { class: 'assumed' }, words.assumed(called(of, of.default, words))),
      because && h('p', { class: 'because' }, h('strong', {}, words.whyAsked), words.colon, because),
      error,
      h('p', { class: 'buttons' },
        h('button', { class: 'primary' }, why === 'assumed' && value === of.default ? words.confirm : words.next),
        h('button', { type: 'button', onclick: () => answered('unknown') }, words.dontKnow),
        count > 0 && h('button', { type: 'button', class: 'quiet', onclick: () => { again = [...given.keys()].pop(); step(); } }, words.back)));
    put(place,
      h('div', { class: 'progress' },
        h('progress', { max: Math.max(count + left, 1), value: count, 'aria-label': words.left(left) }), h('span', {}, words.left(left))),
      form, list());
    form.querySelector('legend')?.setAttribute('tabindex', '-1');
    (form.querySelector('input:checked, input:not([type=range]), select') ?? form).focus();
  }

  /** What was answered so far, each to be changed. */
  function list() {
    if (given.size === 0) return null;
    return h('details', { class: 'answers', open: true }, h('summary', {}, words.yourAnswers),
      h('dl', {}, [...given].map(([name, value]) => h('div', {},
        h('dt', {}, question(field(name))),
        h('dd', {}, called(field(name), value, words), ' ',
          h('button', { type: 'button', class: 'quiet', 'aria-label': words.changeOf(question(field(name))), onclick: () => { again = name; whole = false; step(); } }, words.change))))));
  }

  function offer(more) {
    put(place, h('div', { class: 'card' }, h('h2', {}, words.more), h('p', {}, more),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', class: 'primary', onclick: () => finish() }, words.done),
        h('button', { type: 'button', onclick: () => { further = true; step(); } }, words.answerMore))), list());
    place.querySelector('.primary').focus();
  }

  /** All questions by their sections; those that a verdict waits for are marked. */
  const page = () => work(async current => {
    const look = () => call('ask', { asked: asked(), interview: { asked: [...given.keys()], further: false } });
    const told = await look();
    if (!current()) return;
    const needed = h('p', { class: 'progress' });
    const wanted = new Set();
    const note = told => {
      wanted.clear();
      for (const of of told.decided?.missing ?? []) wanted.add(of.field);
      put(needed, h('span', { role: 'status' }, words.left(told.left ?? 0)));
      place.querySelectorAll('fieldset[data-field]').forEach(of => of.classList.toggle('wanted', wanted.has(of.dataset.field)));
    };
    const tell = name => async value => {
      if (value === null) given.delete(name);
      else given.set(name, value);
      await work(async current => {
        const told = await look();
        if (!current()) return;
        if (told.diagnostics) say(wrong(told.diagnostics));
        else note(told);
      });
    };
    const sections = new Map(about.fields.map(of => [of.section ?? '', []]));
    for (const of of about.fields) sections.get(of.section ?? '').push(of);
    put(place, h('h2', {}, about.title || about.name), needed,
      h('form', { onsubmit: event => { event.preventDefault(); finish(); } },
        [...sections].map(([title, fields]) => h('section', { class: 'card' }, h('h3', {}, title || words.otherQuestions),
          fields.map(of => control(of, given.get(of.name) ?? of.default ?? undefined, tell(of.name), words)))),
        h('p', { class: 'buttons' }, h('button', { class: 'primary' }, words.done),
          h('button', { type: 'button', class: 'quiet', onclick: start }, words.back))));
    note(told);
  });

  /** The answer, its report, and what to do with them. */
  const finish = () => work(async current => {
    const [result, html] = await Promise.all([call('decide', { asked: asked() }), call('report', { asked: asked() })]);
    if (!current()) return;
    if (result.diagnostics) return refuse(result.diagnostics);
    const told = frame(html, words.report);
    const show = () => { whole = false; again = [...given.keys()][0] ?? null; step(); };
    put(place, h('h2', { tabindex: '-1' }, words.yourAnswer),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', class: 'primary', onclick: () => told.contentWindow.print() }, words.print),
        h('button', { type: 'button', onclick: () => download(`${about.name}.html`, html, 'text/html') }, words.saveReport),
        h('button', { type: 'button', onclick: async () => download(`${about.name}.yaml`, (await call('profile', { asked: asked() })).yaml) }, words.saveAnswers),
        h('button', { type: 'button', class: 'quiet', onclick: show }, words.changeAnswers),
        h('button', { type: 'button', class: 'quiet', onclick: () => { given = new Map(); further = false; again = null; start(); } }, words.again)),
      h('p', { class: 'soft' }, words.saveHint),
      told, list());
    place.querySelector('h2').focus();
  });

  start();
  return { get answers() { return Object.fromEntries(given); } };
}
