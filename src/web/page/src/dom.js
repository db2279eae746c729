// Elements made of parts. Texts become text nodes, so that nothing that a ruleset says is ever markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element: `on…` listens, `true` and `false` set and leave out, all else is an attribute. */
export function h(tag, attributes = {}, ...parts) {
  return fill(document.createElement(tag), attributes, parts);
}

function fill(element, attributes, parts) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (['value', 'checked', 'open', 'disabled', 'hidden', 'indeterminate'].includes(name)) element[name] = value;
    else if (value !== false && value != null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...parts.flat(Infinity).filter(part => part != null && part !== false));
  return element;
}

/** Puts other parts into an element. */
export function put(element, ...parts) {
  element.replaceChildren(...parts.flat(Infinity).filter(part => part != null && part !== false));
  return element;
}

/** The shape of each verdict: it is told without colour. */
const SHAPES = {
  recommended: ['M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z', 'M4.8 8.2 7 10.4l4.2-4.8'],
  possible: ['M8 1.2 14.8 8 8 14.8 1.2 8Z', 'M5.4 8h5.2'],
  unsuitable: ['M8 14.6 1 2.4h14Z', 'M8 4.8v3.8m0 1.6v.2'],
  excluded: ['M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z', 'm5.5 5.5 5 5m0-5-5 5'],
  undecided: ['M1.5 1.5h13v13h-13Z', 'M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4m0 1.9v.2'],
};

/** The sign of a verdict, beside its word. */
export function sign(verdict) {
  const [shape, mark] = SHAPES[verdict ?? 'undecided'];
  const make = (tag, attributes, ...parts) => fill(document.createElementNS(SVG, tag), attributes, parts);
  return make('svg', { class: 'sign', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    make('path', { d: shape, class: 'shape' }), make('path', { d: mark, class: 'mark' }));
}

/** Markdown as far as hovers use it: blocks of code, lines, `code`, **strong**, links that lead outside. */
export function markdown(text) {
  const parts = [];
  for (const [at, piece] of text.split(/^```.*$/m).entries()) {
    if (at % 2) {
      parts.push(h('pre', {}, piece.replace(/^\n|\n$/g, '')));
    } else {
      for (const block of piece.split(/\n{2,}|\n(?=[-*] )/)) {
        if (/^-{3,}$/.test(block.trim())) parts.push(h('hr'));
        else if (block.trim()) parts.push(h('p', {}, inline(block.trim())));
      }
    }
  }
  return parts;
}

function inline(text) {
  const parts = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:[^)\s]+)\)|<(https?:[^>\s]+)>|\\(.)/g;
  let last = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(last, found.index));
    const [whole, code, strong, title, link, bare, escaped] = found;
    if (code) parts.push(h('code', {}, code));
    else if (strong) parts.push(h('strong', {}, strong.replaceAll(/\\(.)/g, '$1')));
    else if (link || bare) parts.push(h('a', { href: link ?? bare, target: '_blank', rel: 'noopener noreferrer' }, title ?? bare));
    else parts.push(escaped);
    last = found.index + whole.length;
  }
  parts.push(text.slice(last));
  return parts;
}

/** Hands a file to the reader. */
export function download(name, content, type = 'text/plain') {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A page of the engine's in a frame: it runs nothing, and is as high as what it says. */
export function frame(html, title) {
  const made = h('iframe', { class: 'told', title, sandbox: 'allow-same-origin allow-modals allow-popups', srcdoc: html });
  made.addEventListener('load', () => {
    const inside = made.contentDocument;
    const fit = () => { made.style.height = `${inside.documentElement.scrollHeight + 2}px`; };
    new ResizeObserver(fit).observe(inside.body);
    fit();
    inside.addEventListener('click', event => {
      const link = event.target.closest?.('a[href]');
      const to = link?.getAttribute('href') ?? '';
      if (to.startsWith('#')) {
        event.preventDefault();
        const place = inside.getElementById(decodeURIComponent(to.slice(1)));
        for (let of = place; of; of = of.parentElement) if (of.tagName === 'DETAILS') of.open = true;
        place?.scrollIntoView();
        place?.focus({ preventScroll: true });
      } else if (/^https?:/.test(to)) {
        event.preventDefault();
        window.open(to, '_blank', 'noopener');
      }
    });
  });
  return made;
}
