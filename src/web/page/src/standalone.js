// A page that holds one ruleset, and asks its questions: what `qudao ask --html` writes.
import workerSource from 'worker:';
import { Client, carried } from './client.js';
import { h, put } from './dom.js';
import { interview } from './interview.js';
import { CATALOGUE, wordsOf } from './words.js';

const byId = id => document.getElementById(id);
const today = new Date().toISOString().slice(0, 10);

async function begin() {
  const { texts, lang } = JSON.parse(byId('ruleset').textContent);
  const engine = new Client(await carried('engine'), workerSource, { busy: is => { byId('busy').hidden = !is; } });
  const loaded = await engine.call({ call: 'load', texts, ruleset: 1 });
  if (!loaded.usable) throw new Error(wordsOf(lang).unusable);
  let held;
  /** Shows all in a language; what was answered stays. */
  async function speak(words) {
    const about = await engine.call({ call: 'about', ruleset: 1, lang: words.lang });
    document.documentElement.lang = words.lang;
    document.title = about.title || about.name;
    put(byId('busy'), h('span', {}, words.busy), ' ', h('button', { type: 'button', onclick: () => engine.stop() }, words.stop));
    put(byId('leaves'), words.nothingLeaves);
    put(byId('bar'), h('h1', {}, about.title || about.name),
      h('div', { class: 'group', role: 'group', 'aria-label': words.language }, Object.entries(CATALOGUE).map(([tag, of]) => h('button', {
        type: 'button', lang: tag, 'aria-pressed': String(tag === words.lang), onclick: () => speak(of),
      }, of.name))));
    held = interview(byId('interview'), { engine, ruleset: 1, words, today, lang: words.lang, answers: held?.answers });
  }
  await speak(wordsOf(lang));
}

begin().catch(error => put(byId('interview'), h('p', { class: 'error', role: 'alert' }, error.message)));
