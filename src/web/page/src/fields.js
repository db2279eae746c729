// A control for each field. Values are written as assignments take them: `30`, `company`, `{a, b}`; `unknown` is not known.
import { h } from './dom.js';

/** So many values are shown side by side; more are a list. */
const SIDE_BY_SIDE = 6;

let made = 0;

/** How a value is called: by its title, a word for true and false, the amount with its unit. */
export function called(field, value, words) {
  if (value == null || value === 'unknown') return words.notKnown;
  const title = name => field.options?.find(option => option.value === name)?.title ?? name;
  switch (field.kind) {
    case 'bool': return value === 'true' ? words.yes : words.no;
    case 'enum': return title(value);
    case 'set': return members(value).map(title).join(words.comma) || words.none;
    case 'number': return amount(field, value) === null || !field.unit ? value : `${amount(field, value)} ${field.unit}`;
    default: return value;
  }
}

export const members = value => (value ?? '').replace(/^\{|\}$/g, '').split(',').map(part => part.trim()).filter(Boolean);

/** The number of a value in the unit of its field; nothing where it is written in another. */
export function amount(field, value) {
  const found = /^(-?\d+(?:\.\d+)?)\s*(.*)$/.exec((value ?? '').trim());
  if (!found) return null;
  return found[2] === '' || field.unit_names.includes(found[2]) || found[2] === '%' ? found[1] : null;
}

/** The question of a field. */
export const question = field => field.question ?? field.name.replaceAll('_', ' ');

/** A group of controls for a field, with its question for its name. `changed` is told each value; `null` takes it back. */
export function control(field, value, changed, words, { heading = 'legend', unknown = true } = {}) {
  made += 1;
  const name = `${field.name}-${made}`;
  const choice = (of, title, type = 'radio', checked = value === of, tell = () => changed(of)) => h('label', { class: 'choice' },
    h('input', { type, name, value: of, checked, onchange: tell }), h('span', {}, title));
  const notKnown = unknown ? choice('unknown', words.dontKnow) : null;
  const group = (...parts) => h('fieldset', { class: `field ${field.kind}`, 'data-field': field.name },
    h(heading, {}, question(field)), ...parts);
  switch (field.kind) {
    case 'bool':
      return group(h('div', { class: 'choices' }, choice('true', words.yes), choice('false', words.no), notKnown));
    case 'enum':
      if (field.options.length <= SIDE_BY_SIDE) {
        return group(h('div', { class: 'choices' }, field.options.map(of => choice(of.value, of.title ?? of.value)), notKnown));
      }
      return group(h('select', { 'aria-label': question(field), onchange: event => changed(event.target.value || null) },
        h('option', { value: '' }, '—'),
        field.options.map(of => h('option', { value: of.value, selected: of.value === value }, of.title ?? of.value)),
        unknown && h('option', { value: 'unknown', selected: value === 'unknown' }, words.dontKnow)));
    case 'set': {
      const chosen = new Set(value === 'unknown' ? [] : members(value));
      const boxes = new Map();
      const box = (of, title, checked, tell) => {
        const label = choice(of, title, 'checkbox', checked, () => {
          tell(boxes.get(of));
          const known = boxes.get('unknown')?.checked !== true;
          for (const option of field.options) boxes.get(option.value).checked = chosen.has(option.value);
          boxes.get('').checked = known && chosen.size === 0;
        });
        boxes.set(of, label.querySelector('input'));
        return label;
      };
      const known = () => {
        if (boxes.has('unknown')) boxes.get('unknown').checked = false;
        changed(`{${field.options.map(of => of.value).filter(of => chosen.has(of)).join(', ')}}`);
      };
      const all = field.options.map(of => box(of.value, of.title ?? of.value, chosen.has(of.value), ({ checked }) => {
        if (checked) chosen.add(of.value);
        else chosen.delete(of.value);
        known();
      }));
      const none = box('', words.noneOfThese, value === '{}', () => { chosen.clear(); known(); });
      const open = unknown ? box('unknown', words.dontKnow, value === 'unknown', of => {
        chosen.clear();
        of.checked = true;
        changed('unknown');
      }) : null;
      return group(h('div', { class: 'choices many' }, all, none, open));
    }
    case 'number':
    case 'date':
    case 'text': {
      const box = notKnown?.querySelector('input');
      const tell = now => {
        if (box) box.checked = false;
        changed(now);
      };
      const input = field.kind === 'number' ? number(field, value, tell, name) : h('input', {
        type: field.kind, name, value: value === 'unknown' ? '' : value ?? '', 'aria-label': question(field),
        onchange: event => tell(event.target.value === '' ? null : event.target.value),
      });
      box?.addEventListener('change', () => {
        const text = input.matches('input') ? input : input.querySelector('input');
        text.value = '';
      });
      return group(input, unknown && h('div', { class: 'choices' }, notKnown));
    }
  }
}

function number(field, value, changed, name) {
  const known = value == null || value === 'unknown' ? '' : amount(field, value);
  const label = question(field);
  // What is written in another unit stays as it is written.
  if (known === null) {
    return h('div', { class: 'amount' }, h('input', {
      type: 'text', name, value, 'aria-label': label, onchange: event => changed(event.target.value || null),
    }));
  }
  const [low, high] = [field.low, field.high].map(end => (end === null ? null : Number(amount(field, end))));
  const from = low ?? Math.min(0, Number(known));
  const to = high ?? Math.max(10, nice(Number(known) * 2));
  const step = field.whole ? 1 : 'any';
  const tell = (text, other) => {
    other.value = text;
    changed(text === '' ? null : text);
  };
  const exact = h('input', {
    type: 'number', name, step, min: low, max: high, value: known, inputmode: field.whole ? 'numeric' : 'decimal',
    'aria-label': label, onchange: event => tell(event.target.value, slider),
  });
  const slider = h('input', {
    type: 'range', min: from, max: to, step: field.whole ? 1 : (to - from) / 100, tabindex: -1, 'aria-hidden': 'true',
    oninput: event => tell(event.target.value, exact),
  });
  slider.value = known === '' ? from : known;
  return h('div', { class: 'amount' }, exact, field.unit && h('span', { class: 'unit' }, field.unit), slider);
}

function nice(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return Math.ceil(value / power) * power;
}
