// An answer: each channel with its verdict by shape, word and colour, its reasons, and the tree of what each rests on.
import { h, sign } from './dom.js';

/** Draws the answer. `before` is the answer without what was tried: what differs from it is marked. */
export function answer(result, { before, words, why, opened, place }) {
  const targets = [...result.channels, ...result.mixes];
  const old = new Map((before ? [...before.channels, ...before.mixes] : []).map(of => [of.id, of]));
  const titles = new Map(targets.map(of => [of.id, of.title || of.id]));
  const first = result.first.target;
  return [
    h('p', { class: 'lead' }, headline(result, titles, words)),
    before && before.first.target !== first && h('p', { class: 'changed' },
      words.wasFirst(titles.get(before.first.target) ?? words.nothing)),
    [result.channels, result.mixes].map((list, at) => list.length > 0 && [
      at === 1 && h('h3', {}, words.mixes),
      h('ol', { class: 'targets' }, list.map(of => target(of, { old: before ? old.get(of.id) : of, words, why, opened, place, titles, result }))),
    ]),
    notes(result, words),
    open(result, words),
    h('p', { class: 'foot' }, `${result.ruleset.title || result.ruleset.name}${words.comma}${words.asOf(result.as_of)}`),
  ];
}

function headline(result, titles, words) {
  const { target, settled, tie } = result.first;
  if (!target) return words.allExcluded;
  const title = titles.get(target);
  if (tie.length > 1) return words.tie(tie.map(id => titles.get(id)).join(words.comma));
  const verdict = [...result.channels, ...result.mixes].find(of => of.id === target)?.leaning;
  return settled ? words.first(title, words.verdicts[verdict]) : words.firstSoFar(title, words.verdicts[verdict]);
}

function target(of, { old, words, why, opened, place, titles, result }) {
  const verdict = of.verdict ?? 'undecided';
  const was = old && (old.verdict ?? 'undecided');
  const moved = was && was !== verdict;
  const points = old ? of.score - old.score : 0;
  const differs = moved || points !== 0 || (old && old.rank !== of.rank);
  const details = h('details', { open: opened.has(of.id), class: `target ${verdict}`, 'data-target': of.id },
    h('summary', {},
      h('span', { class: `verdict ${verdict}` }, sign(of.verdict), ' ', words.verdicts[verdict]),
      h('span', { class: 'title' }, of.title || of.id),
      h('span', { class: 'score' }, words.points(of.score)),
      differs && h('span', { class: 'change' }, [
        moved && words.was(words.verdicts[was]), points !== 0 && `${points > 0 ? '+' : '−'}${Math.abs(points)}`,
        !moved && points === 0 && words.wasPlace(old.rank),
      ].filter(Boolean).join(words.comma))));
  const body = () => [
    of.verdict === null && h('p', {}, words.couldBe(of.could_be.map(one => words.verdicts[one]).join(words.comma))),
    of.members?.length > 0 && h('p', {}, words.together(of.members.map(id => titles.get(id.id ?? id) ?? id).join(words.comma))),
    h('ul', { class: 'reasons' }, of.reasons.map(one => reason(one, words, place, result))),
    of.pending.length > 0 && [
      h('h4', {}, words.waiting),
      h('ul', { class: 'reasons' }, of.pending.map(one => h('li', { class: 'pending' },
        h('span', { class: 'effect' }, effect(one, words)), ' ', one.rule ?? one.through ?? '', ' — ',
        one.awaits.map(what => what.field ?? what.fact ?? what.channel ?? '').filter(Boolean).join(words.comma)))),
    ],
    of.needs.length > 0 && [
      h('h4', {}, words.toDo),
      h('ul', { class: 'needs' }, of.needs.map(need => h('li', { class: need.state },
        h('span', { class: 'state' }, words.states[need.state]), ' ', need.title || need.need, need.how ? `${words.colon}${need.how}` : ''))),
    ],
    of.notes?.length > 0 && h('ul', { class: 'notes' }, of.notes.map(note => h('li', { class: note.level }, note.text))),
    h('p', {}, h('button', { type: 'button', class: 'quiet', onclick: () => why(of) }, words.proof)),
  ];
  const draw = () => {
    if (details.open && details.childElementCount === 1) details.append(h('div', { class: 'body' }, body()));
  };
  details.addEventListener('toggle', () => {
    if (details.open) opened.add(of.id);
    else opened.delete(of.id);
    draw();
  });
  draw();
  return h('li', { class: differs ? 'differs' : false }, details);
}

const effect = (of, words) => {
  if (of.effect === 'score') return of.points == null ? words.effects.score : `${of.points > 0 ? '+' : of.points < 0 ? '−' : ''}${Math.abs(of.points)}`;
  return words.effects[of.effect] ?? of.effect;
};

function reason(of, words, place, result) {
  const name = of.rule ?? (of.through ? words.through(of.through) : '');
  const rests = [
    of.condition && h('ul', { class: 'tree' }, condition(of.condition, words)),
    (of.cells ?? []).length > 0 && h('ul', { class: 'tree' }, of.cells.map(cell => condition(cell, words))),
    cited(of.sources, result, words),
  ].filter(Boolean);
  const says = [
    h('span', { class: `effect ${of.effect} ${of.points < 0 ? 'bad' : 'good'}` }, effect(of, words)), ' ',
    h('span', {}, of.because || of.title || name),
    ' ', of.at && of.rule
      ? h('button', { type: 'button', class: 'rule', title: `${of.at.file}:${of.at.line}`, onclick: () => place(of.at) }, name)
      : name && h('span', { class: 'rule' }, name),
  ];
  if (rests.length === 0) return h('li', {}, says);
  return h('li', {}, says, h('details', { class: 'rests' }, h('summary', {}, words.restsOn), rests));
}

/** So deep a proof is unfolded at first. */
const UNFOLDED = 2;

/** A condition and what it is made of, each with what came of it. */
function condition(of, words, depth = 0) {
  const value = of.value === null ? 'unknown' : String(of.value);
  const reads = (of.reads ?? []).map(read => h('li', { class: 'read' },
    h('code', {}, read.field ?? read.fact ?? read.name ?? ''), ' = ', shown(read.value, words),
    (read.sources ?? []).flatMap(source => source.quotes ?? []).slice(0, 2).map(quote => h('q', {}, quote.text))));
  const parts = (of.of ?? []).map(part => condition(part, words, depth + 1));
  const head = [h('span', { class: `truth ${value}` }, words.truth[value] ?? value), ' ', h('code', {}, of.text)];
  if (reads.length + parts.length === 0) return h('li', {}, head);
  return h('li', {}, h('details', { open: depth < UNFOLDED }, h('summary', {}, head), h('ul', {}, parts, reads)));
}

function shown(value, words) {
  if (value === null || value === undefined) return words.notKnown;
  if (Array.isArray(value)) return value.length ? `{${value.join(', ')}}` : words.none;
  return typeof value === 'boolean' ? (value ? words.yes : words.no) : String(value);
}

function cited(sources, result, words) {
  if (!sources?.length) return null;
  return h('ul', { class: 'sources' }, sources.map(of => {
    const source = result.sources[of.source] ?? {};
    const title = source.title || of.source;
    const link = /^https?:\/\//.test(source.url ?? '')
      ? h('a', { href: source.url, target: '_blank', rel: 'noopener noreferrer' }, title) : title;
    return h('li', {}, (of.quotes ?? []).map(quote => [h('q', {}, quote.text), ' ']), h('cite', {}, link), of.where ? `, ${of.where}` : '');
  }));
}

function notes(result, words) {
  const all = result.notes.filter(note => note.text);
  return all.length > 0 && [h('h3', {}, words.notes), h('ul', { class: 'notes' }, all.map(note => h('li', { class: note.level }, note.text)))];
}

function open(result, words) {
  return result.missing.length > 0 && [
    h('h3', {}, words.missing),
    h('ul', { class: 'missing' }, result.missing.map(of => h('li', {}, of.question ?? of.field))),
  ];
}
