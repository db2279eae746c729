// The playground: a ruleset, a profile and the answer side by side; and the interview about the same ruleset.
import { unzipSync, zipSync } from 'fflate';
import workerSource from 'worker:';
import cookbook from 'cookbook:';
import { answer } from './answer.js';
import { Client, Stopped, carried } from './client.js';
import { download, frame, h, put } from './dom.js';
import { makeEditor } from './editor.js';
import { called, control } from './fields.js';
import { interview } from './interview.js';
import { pack, unpack } from './share.js';
import { CATALOGUE, wordsOf } from './words.js';

const RULESET = 1;
const OPENED = 2;
const isRules = name => !isProfile(name) && !name.endsWith('.lock') && !name.endsWith('.snap');
/** The first file with a header; others are parts of a ruleset. */
const wholeOf = files => Object.keys(files).find(name => name.endsWith('.qd') && /^\uFEFF?ruleset[ \t]/m.test(files[name]));
const isProfile = name => /\.(ya?ml|json|toml)$/.test(name) && name !== 'qudao.toml';
const today = new Date().toISOString().slice(0, 10);
const byId = id => document.getElementById(id);
const wait = (milliseconds, act) => {
  let timer;
  return (...of) => { clearTimeout(timer); timer = setTimeout(() => act(...of), milliseconds); };
};

let words = wordsOf(new URLSearchParams(location.search).get('lang'));
let engine;
/** What is worked on. */
let files = {};
let main = null;
let bundled = null;
let file = null;
let profile = null;
let tried = {};
/** The same as it was opened. */
let origin = { files: {}, main: null };
let about = null;
let result = null;
let before = null;
let found = [];
/** Whether it has no errors; nothing as long as that is not known. */
let usable = null;
let view = 'answer';
let mode = 'playground';
const opened = new Set();
let rulesEditor;
let profileEditor;
let round = 0;

const asked = set => {
  const text = profile === null ? null : files[profile];
  const named = text == null || text.trim() === '' ? {} : { text, name: profile };
  return { ...named, set, today, lang: words.lang };
};
const sets = () => Object.entries(tried).map(([field, value]) => `${field}=${value}`);
const say = text => { put(byId('said'), text ?? ''); };

async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    say(error instanceof Stopped ? words.stopped : error.message);
    return undefined;
  }
}

// ── Checking and answering ──

const texts = (of, main) => ({ files: Object.fromEntries(Object.entries(of).filter(([name]) => !name.endsWith('.snap'))), main });

/** Reads the ruleset anew, then answers. What was begun before is no longer waited for. */
async function check() {
  round += 1;
  const mine = round;
  await attempt(async () => {
    const loaded = await engine.call({ call: 'load', texts: texts(files, main), ruleset: RULESET, lang: words.lang });
    if (mine !== round) return;
    found = loaded.diagnostics;
    usable = loaded.usable;
    if (usable) about = await engine.call({ call: 'about', ruleset: RULESET, lang: words.lang });
    if (mine !== round) return;
    showFound();
    await colour();
    await decide(mine);
    if (mine === round) showForm();
  });
}

async function colour() {
  const name = file;
  const list = await engine.call({ call: 'tokens', ruleset: RULESET, file: name }).catch(() => []);
  if (name === file && rulesEditor.text === files[name]) rulesEditor.colour(list);
}

async function decide(mine = (round += 1)) {
  if (!usable) return showAnswer();
  await attempt(async () => {
    const decided = set => engine.call({ call: 'decide', ruleset: RULESET, asked: asked(set) });
    const [plain, now] = await Promise.all([decided([]), sets().length ? decided(sets()) : null]);
    if (mine !== round) return;
    before = now ? plain : null;
    result = now ?? plain;
    const read = await engine.call({ call: 'profile', ruleset: RULESET, asked: asked([]) });
    if (mine !== round) return;
    profileEditor.mark(read.diagnostics.filter(of => of.file === profile), words, change => profileEditor.edit(change.edits));
    showAnswer();
  });
}

const checkSoon = wait(250, check);
const decideSoon = wait(150, () => decide().then(showForm));

// ── Showing ──

function showFound() {
  const own = found.filter(of => of.file === file);
  rulesEditor.mark(own, words, mend);
  const counts = ['error', 'warning', 'note'].map(severity => found.filter(of => of.severity === severity).length);
  put(byId('problems'),
    h('summary', {}, `${words.problems}${words.colon}${words.found(...counts) || words.noProblems}`),
    h('ul', {}, found.slice(0, 200).map(of => h('li', { class: of.severity },
      h('button', { type: 'button', class: 'quiet', onclick: () => goTo(of) },
        h('span', { class: 'severity' }, words.severity[of.severity]), ' ', of.message, ' ', h('span', { class: 'soft' }, `${of.file}:${of.line}`))))),
    h('p', {}, h('button', { type: 'button', class: 'quiet', title: words.deeperHint, onclick: deeper }, words.deeper)));
}

const deeper = () => attempt(async () => {
  const mine = round;
  const all = await engine.call({ call: 'check', ruleset: RULESET, by: { today, lang: words.lang, budget: 8000, gaps: true } }, 60_000);
  if (mine !== round) return;
  found = all;
  showFound();
});

function mend(change) {
  for (const edit of change.edits.filter(edit => edit.file !== file)) {
    const text = files[edit.file];
    if (text !== undefined) files[edit.file] = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  }
  rulesEditor.edit(change.edits.filter(edit => edit.file === file));
}

function goTo({ file: name, from, to, line, column }) {
  if (!(name in files)) return;
  pane('rules');
  if (name !== file) choose(name);
  if (from === undefined) rulesEditor.goLine(line, column);
  else rulesEditor.go(from, to);
}

function showAnswer() {
  const place = byId('answer');
  place.setAttribute('aria-busy', String(usable === null));
  if (view !== 'answer') return;
  if (usable === null) return put(place, h('p', { class: 'soft' }, words.loading));
  if (result?.schema === 'qudao.rejected/1' && usable) {
    put(place, h('div', { role: 'alert' }, h('p', { class: 'error' }, words.wrongProfile),
      h('ul', {}, result.diagnostics.map(of => h('li', {}, of.message, ' ', h('span', { class: 'soft' }, `${of.file}:${of.line}`))))));
  } else if (!result || result.schema === 'qudao.rejected/1') {
    put(place, h('p', { class: 'error', role: 'alert' }, words.unusable));
  } else {
    const was = before && before.schema !== 'qudao.rejected/1' ? before : null;
    put(place, !usable && h('p', { class: 'error', role: 'alert' }, words.stale),
      answer(result, { before: was, words, why, opened, place: goTo }));
    // Who does not see the answer hears its first sentence.
    const { textContent } = place.querySelector('.lead');
    if (byId('heard').textContent !== textContent) byId('heard').textContent = textContent;
  }
}

const why = of => attempt(async () => {
  const html = await engine.call({ call: 'why', ruleset: RULESET, asked: asked(sets()), target: of.id, form: 'html' });
  showDialog(words.proofOf(of.title || of.id), html);
});

function showDialog(title, html) {
  const dialog = h('dialog', { 'aria-label': title, onclose: () => dialog.remove() },
    h('p', { class: 'buttons' }, h('button', { type: 'button', class: 'primary', onclick: () => dialog.close() }, words.close)), frame(html, title));
  document.body.append(dialog);
  dialog.showModal();
}

/** The controls that are shown, each with what it was made of; only those are made anew of which that changed. */
let form = { made: '', fields: new Map() };

/** The fields as controls: what the profile says, and what is tried instead. */
async function showForm() {
  const place = byId('form');
  if (!about || !usable || place.hidden) return;
  const mine = round;
  const told = await attempt(() => engine.call({ call: 'profile', ruleset: RULESET, asked: asked([]) }));
  if (mine !== round || !told?.values) return;
  const wanted = new Set((result?.missing ?? []).map(of => of.field));
  const whole = JSON.stringify([about.fields, words.lang]);
  if (form.made !== whole || place.childElementCount === 0) form = { made: whole, fields: new Map() };
  let section = null;
  const parts = [];
  for (const field of about.fields) {
    const said = told.values[field.name] ?? {};
    const own = said.origin === 'missing' ? undefined : said.value ?? (said.origin === 'given' ? 'unknown' : undefined);
    const key = JSON.stringify([own, tried[field.name]]);
    const shown = form.fields.get(field.name);
    let element = shown?.element;
    // What somebody is typing stands.
    const typing = element?.contains(document.activeElement) && document.activeElement.matches('[type=number], [type=text], [type=date]');
    if (shown?.key !== key && !typing) {
      element = control(field, tried[field.name] ?? own, now => attemptField(field.name, now, own), words);
      if (field.name in tried) element.append(h('p', { class: 'change' }, words.was(called(field, own, words))));
      if (shown) replace(shown.element, element);
      form.fields.set(field.name, { element, key });
    }
    element.classList.toggle('wanted', wanted.has(field.name));
    element.classList.toggle('tried', field.name in tried);
    if (field.section !== section) parts.push(h('h3', {}, (section = field.section) ?? words.otherQuestions));
    parts.push(element);
  }
  const count = Object.keys(tried).length;
  put(byId('tried'), count > 0 && [h('span', { role: 'status' }, words.trying(count)),
    h('button', { type: 'button', onclick: keep }, words.keep),
    h('button', { type: 'button', class: 'quiet', onclick: () => { tried = {}; decide().then(showForm); } }, words.takeBack)]);
  if (place.firstElementChild !== parts[0] && !parts.every(part => part.tagName === 'H3' || part.parentElement === place)) put(place, parts);
}

/** Puts a control in place of another; who was at one of its choices stays there. */
function replace(old, element) {
  const all = of => [...of.querySelectorAll('input, select')];
  const at = all(old).indexOf(document.activeElement);
  old.replaceWith(element);
  if (at >= 0) all(element)[at]?.focus();
}

function attemptField(name, value, own) {
  if (value === null || value === own) delete tried[name];
  else tried[name] = value;
  decideSoon();
}

const keep = () => attempt(async () => {
  const told = await engine.call({ call: 'profile', ruleset: RULESET, asked: asked(sets()) });
  if (!told.yaml) return;
  if (!/\.ya?ml$/.test(profile ?? '')) profile = free(profile?.replace(/\.\w+$/, '') ?? 'profile', '.yaml');
  files[profile] = told.yaml;
  tried = {};
  showProfiles();
  await decide();
  await showForm();
});

function free(stem, ending) {
  let name = `${stem}${ending}`;
  for (let count = 2; name in files; count += 1) name = `${stem}-${count}${ending}`;
  return name;
}

// ── Files ──

function showTabs() {
  const names = Object.keys(files).filter(isRules);
  const tab = name => h('button', {
    type: 'button', role: 'tab', id: `tab-${names.indexOf(name)}`, 'aria-selected': String(name === file), 'aria-controls': 'rules',
    tabindex: name === file ? 0 : -1, onclick: () => choose(name),
  }, name.split('/').pop());
  put(byId('tabs'), names.map(tab));
  byId('tabs').onkeydown = event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    choose(names[(names.indexOf(file) + by + names.length) % names.length]);
    byId('tabs').querySelector('[aria-selected=true]').focus();
    event.preventDefault();
  };
}

function choose(name) {
  file = name;
  rulesEditor.show(files[name], words.editor(name));
  showTabs();
  showFound();
  colour();
}

function showProfiles() {
  const names = Object.keys(files).filter(isProfile);
  if (profile !== null && !names.includes(profile)) profile = names[0] ?? null;
  put(byId('profiles'), h('option', { value: '' }, words.newProfile),
    names.map(name => h('option', { value: name, selected: name === profile }, name.replace(/^[^/]*\//, ''))));
  byId('profiles').value = profile ?? '';
  profileEditor.show(profile === null ? '' : files[profile], words.editor(profile ?? words.profile));
}

function chooseProfile(name) {
  profile = name === '' ? free('profile', '.yaml') : name;
  if (!(profile in files)) files[profile] = '';
  tried = {};
  showProfiles();
  decide().then(showForm);
}

function addFile() {
  const name = prompt(words.fileName, 'more.qd')?.trim();
  if (!name || name in files) return;
  const folder = main.includes('/') && !name.includes('/') ? main.slice(0, main.lastIndexOf('/') + 1) : '';
  files[folder + name] = '';
  if (isProfile(name)) chooseProfile(folder + name);
  else choose(folder + name);
}

/** Puts a whole ruleset in place of what was open. */
async function openFiles(given, { main: first, of = null, profile: chosen, set = {}, changed = {}, gone = [] } = {}) {
  const whole = first ?? wholeOf(given);
  if (!whole) return say(words.noRuleset);
  origin = { files: { ...given }, main: whole };
  files = { ...given, ...changed };
  for (const name of gone) delete files[name];
  [main, bundled, tried] = [whole, of, { ...set }];
  const names = Object.keys(files).filter(isProfile);
  profile = chosen && chosen in files ? chosen : names.find(name => /\/profiles\//.test(`/${name}`)) ?? names[0] ?? null;
  [result, before, about, usable] = [null, null, null, null];
  opened.clear();
  file = main in files ? main : Object.keys(files).find(isRules);
  byId('answer').setAttribute('aria-busy', 'true');
  choose(file);
  showProfiles();
  show('answer');
  await attempt(() => engine.call({ call: 'load', texts: texts(origin.files, origin.main), ruleset: OPENED, lang: words.lang }));
  await check();
  if (mode === 'interview') showMode('interview');
}

const openBundled = (name, more = {}) => attempt(async () => {
  const told = await engine.call({ call: 'bundled', name });
  byId('examples').value = name;
  await openFiles(told.files, { main: told.main, of: name, ...more });
});

async function openExample(name) {
  const page = cookbook[name.replace(/^cookbook\//, '')];
  if (!name.startsWith('cookbook/') || !page) return openBundled(name);
  await openFiles(page.files);
  byId('examples').value = name;
  return undefined;
}

async function readFiles(list) {
  const given = {};
  for (const one of list) {
    const bytes = new Uint8Array(await one.arrayBuffer());
    if (one.name.endsWith('.zip')) {
      try {
        for (const [name, content] of Object.entries(unzipSync(bytes))) if (!name.endsWith('/')) given[name] = decode(content, name);
      } catch {
        say(words.readFailed(one.name));
        return;
      }
    } else {
      given[one.webkitRelativePath || one.name] = decode(bytes, one.name);
    }
  }
  if (Object.values(given).includes(null)) return;
  if (wholeOf(given)) await openFiles(given);
  else {
    // Profiles and tables join what is open.
    Object.assign(files, given);
    const added = Object.keys(given).find(isProfile);
    if (added) chooseProfile(added);
    await check();
  }
}

function decode(bytes, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    say(words.readFailed(name));
    return null;
  }
}

const saveAll = () => {
  const encoder = new TextEncoder();
  const all = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encoder.encode(text)]));
  download(`${about?.name ?? 'ruleset'}.zip`, zipSync(all, { level: 6 }), 'application/zip');
};

const share = () => attempt(async () => {
  const changed = Object.fromEntries(Object.entries(files).filter(([name, text]) => !bundled || origin.files[name] !== text));
  const gone = bundled ? Object.keys(origin.files).filter(name => !(name in files)) : [];
  const packed = await pack({ bundled, main, files: changed, gone, profile, set: tried, lang: words.lang });
  history.replaceState(null, '', `#s=${packed}`);
  try {
    await navigator.clipboard.writeText(location.href);
    say(words.shared);
  } catch {
    say(words.shareFailed);
  }
});

async function openLink() {
  const { hash } = location;
  if (hash.startsWith('#s=')) {
    const state = await unpack(hash.slice(3));
    if (!state) {
      say(words.badLink);
    } else {
      const more = { profile: state.profile, set: state.set ?? {}, main: state.main };
      if (state.bundled) return openBundled(state.bundled, { ...more, changed: state.files ?? {}, gone: state.gone ?? [] });
      return openFiles(state.files ?? {}, more);
    }
  }
  if (hash.startsWith('#example=')) return openExample(decodeURIComponent(hash.slice(9)));
  return openBundled('wechat');
}

// ── Views ──

const VIEWS = ['answer', 'tests', 'changes', 'report'];

function show(name) {
  view = name;
  for (const of of VIEWS) byId(`view-${of}`).setAttribute('aria-selected', String(of === name));
  for (const of of VIEWS) byId(`view-${of}`).tabIndex = of === name ? 0 : -1;
  byId('answer').setAttribute('aria-labelledby', `view-${name}`);
  if (name === 'answer') return showAnswer();
  const place = byId('answer');
  const fill = (title, call, limit) => attempt(async () => {
    place.setAttribute('aria-busy', 'true');
    put(place, h('p', { class: 'soft' }, words.busy));
    try {
      const html = await engine.call(call, limit);
      if (view === name) put(place, typeof html === 'string' ? frame(html, title) : h('p', { class: 'error' }, words.wrongProfile));
    } finally {
      place.setAttribute('aria-busy', 'false');
      if (view === name && !place.querySelector('iframe')) put(place, h('p', { class: 'error' }, byId('said').textContent || words.stopped));
    }
  });
  const by = { today, lang: words.lang, budget: 8000 };
  if (!usable) return put(place, h('p', { class: 'error', role: 'alert' }, words.unusable));
  if (name === 'tests') {
    if (about.tests + about.properties === 0) return put(place, h('p', {}, words.noTests));
    return fill(words.tests, { call: 'test', ruleset: RULESET, by, form: 'html' }, 60_000);
  }
  if (name === 'changes') {
    const changed = Object.keys({ ...files, ...origin.files }).some(of => isRules(of) && files[of] !== origin.files[of]);
    if (!changed) return put(place, h('p', {}, words.same));
    return fill(words.changes, { call: 'diff', ruleset: RULESET, old: OPENED, by, form: 'html' }, 90_000);
  }
  return fill(words.report, { call: 'report', ruleset: RULESET, asked: asked(sets()) }).then(() => {
    const told = place.querySelector('iframe');
    if (told && view === 'report') place.prepend(h('p', { class: 'buttons' },
      h('button', { type: 'button', onclick: () => told.contentWindow.print() }, words.print),
      h('button', { type: 'button', onclick: () => download(`${about.name}.html`, told.srcdoc, 'text/html') }, words.saveReport)));
  });
}

/** On a narrow screen one pane is shown at a time. */
function pane(name) {
  document.body.dataset.pane = name;
  for (const of of ['rules', 'profile', 'answer']) byId(`pane-${of}`).setAttribute('aria-pressed', String(of === name));
}

function profileAs(form) {
  byId('form').hidden = !form;
  byId('text').hidden = form;
  byId('as-form').setAttribute('aria-pressed', String(form));
  byId('as-text').setAttribute('aria-pressed', String(!form));
  if (form) showForm();
}

function showMode(name) {
  mode = name;
  byId('playground').hidden = name !== 'playground';
  byId('interview').hidden = name !== 'interview';
  for (const of of ['playground', 'interview']) byId(`mode-${of}`).setAttribute('aria-pressed', String(of === name));
  if (name === 'interview') interview(byId('interview'), { engine, ruleset: RULESET, words, today, lang: words.lang });
}

function speak(tag) {
  words = CATALOGUE[tag];
  build();
  choose(file);
  showProfiles();
  check().then(() => show(view));
  if (mode === 'interview') showMode('interview');
}

/** Builds the page in its language. */
function build() {
  document.documentElement.lang = words.lang;
  document.title = `${words.product} · ${words.tagline}`;
  const place = (name, at, text, given) => (text === (given ? files[profile] : files[file])
    ? engine.call({ call: name, ruleset: RULESET, place: { file: (given ? profile : file) ?? 'profile.yaml', at, ...(given ? { profile: text } : {}) } }).catch(() => null)
    : null);
  rulesEditor = makeEditor({
    label: words.rules,
    changed: text => { files[file] = text; checkSoon(); },
    asks: async (name, at, text) => {
      // What is asked about is what was typed last.
      if (name === 'complete') await engine.call({ call: 'load', texts: texts({ ...files, [file]: text }, main), ruleset: RULESET, lang: words.lang }).catch(() => null);
      return place(name, at, text, false);
    },
    laidOut: layOut,
  });
  profileEditor = makeEditor({
    label: words.profile,
    changed: text => {
      if (profile === null) profile = free('profile', '.yaml');
      files[profile] = text;
      decideSoon();
    },
    asks: (name, at, text) => place(name, at, text, true),
  });
  const toggle = (id, text, act, pressed) => h('button', { type: 'button', id, 'aria-pressed': String(pressed), onclick: act }, text);
  const fileInput = h('input', { type: 'file', multiple: true, class: 'unseen', id: 'open', 'aria-label': words.openHint, onchange: event => readFiles(event.target.files) });
  put(byId('bar'),
    h('h1', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }, '渠'), words.product, h('span', { class: 'soft' }, words.tagline)),
    h('div', { class: 'group', role: 'group', 'aria-label': words.view },
      toggle('mode-playground', words.playground, () => showMode('playground'), mode === 'playground'),
      toggle('mode-interview', words.interview, () => showMode('interview'), mode === 'interview')),
    h('label', { class: 'pick' }, h('span', {}, words.example), h('select', { id: 'examples', onchange: event => openExample(event.target.value) }, exampleOptions())),
    h('div', { class: 'buttons' },
      h('label', { class: 'button', title: words.openHint }, fileInput, h('span', {}, words.open)),
      h('button', { type: 'button', onclick: saveAll }, words.saveAll),
      h('button', { type: 'button', onclick: share }, words.share),
      h('button', { type: 'button', title: words.undoHint, onclick: () => openFiles(origin.files, { main: origin.main, of: bundled, profile }) }, words.undo)),
    h('div', { class: 'group', role: 'group', 'aria-label': words.language }, Object.entries(CATALOGUE).map(([tag, of]) => h('button', {
      type: 'button', lang: tag, 'aria-pressed': String(tag === words.lang), onclick: () => speak(tag),
    }, of.name))));
  put(byId('panes'), ['rules', 'profile', 'answer'].map(name => toggle(`pane-${name}`, words[name], () => pane(name), document.body.dataset.pane === name)));
  put(byId('playground'),
    h('section', { class: 'pane rules', 'aria-label': words.rules },
      h('div', { class: 'head' }, h('h2', {}, words.rules), h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', onclick: addFile }, words.newFile),
        h('button', { type: 'button', class: 'quiet', onclick: () => download(file.split('/').pop(), files[file]) }, words.saveFile),
        h('button', { type: 'button', class: 'quiet', title: 'Shift+Alt+F', onclick: layOut }, words.format))),
      h('div', { id: 'tabs', role: 'tablist', 'aria-label': words.files }),
      h('div', { id: 'rules', class: 'text', role: 'tabpanel', 'aria-label': words.rules }, rulesEditor.dom),
      h('details', { id: 'problems', open: true })),
    h('section', { class: 'pane profile', 'aria-label': words.profile },
      h('div', { class: 'head' }, h('h2', {}, words.profile),
        h('select', { id: 'profiles', 'aria-label': words.profile, onchange: event => chooseProfile(event.target.value) }),
        h('div', { class: 'group', role: 'group', 'aria-label': words.view },
          toggle('as-form', words.tryIt, () => profileAs(true), true), toggle('as-text', words.text, () => profileAs(false), false))),
      h('div', { id: 'tried', class: 'buttons' }),
      h('div', { id: 'form' }), h('div', { id: 'text', class: 'text', hidden: true }, profileEditor.dom)),
    h('section', { class: 'pane answer', 'aria-label': words.answer },
      h('h2', { class: 'unseen' }, words.answer),
      h('div', { class: 'head', role: 'tablist', 'aria-label': words.answer }, VIEWS.map(name => h('button', {
        type: 'button', role: 'tab', id: `view-${name}`, 'aria-controls': 'answer', 'aria-selected': String(name === view), tabindex: name === view ? 0 : -1,
        onclick: () => show(name), onkeydown: event => {
          const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!by) return;
          const next = VIEWS[(VIEWS.indexOf(view) + by + VIEWS.length) % VIEWS.length];
          show(next);
          byId(`view-${next}`).focus();
        },
      }, words[name]))),
      h('div', { id: 'answer', role: 'tabpanel', tabindex: '0', 'aria-labelledby': `view-${view}` })));
  put(byId('busy'), h('span', {}, words.busy), ' ', h('button', { type: 'button', onclick: () => engine.stop() }, words.stop));
  put(byId('skip'), words.skip);
  put(byId('leaves'), words.nothingLeaves);
  byId('examples').value = bundled ?? '';
}

let examples = [];
const exampleOptions = () => [
  h('option', { value: '', hidden: true }, '—'),
  h('optgroup', { label: words.shipped }, examples.map(name => h('option', { value: name }, name))),
  h('optgroup', { label: words.cookbook }, Object.entries(cookbook).map(([name, page]) => h('option', { value: `cookbook/${name}` }, page.title))),
];

const layOut = () => attempt(async () => {
  const name = file;
  const told = await engine.call({ call: 'format', name, text: rulesEditor.text });
  if (told.text !== undefined && name === file) rulesEditor.replace(told.text);
});

async function begin() {
  put(byId('said'), words.loading);
  engine = new Client(await carried('engine'), workerSource, { busy: is => { byId('busy').hidden = !is; } });
  examples = await engine.call({ call: 'bundled' });
  build();
  pane('answer');
  say('');
  document.addEventListener('dragover', event => event.preventDefault());
  document.addEventListener('drop', event => {
    event.preventDefault();
    if (event.dataTransfer.files.length) readFiles(event.dataTransfer.files);
  });
  window.addEventListener('hashchange', () => { if (location.hash) openLink(); });
  await openLink();
}

begin().catch(error => { byId('said').textContent = error.message; });
