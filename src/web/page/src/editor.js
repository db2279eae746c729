// Texts to be edited: CodeMirror, with what the engine knows of each place.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, hoverTooltip, keymap, lineNumbers,
} from '@codemirror/view';
import { h, markdown } from './dom.js';

const setTokens = StateEffect.define();

const tokens = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    let now = marks.map(change.changes);
    for (const effect of change.effects) if (effect.is(setTokens)) now = effect.value;
    return now;
  },
  provide: field => EditorView.decorations.from(field),
});

const MARKS = Object.fromEntries(['declared', 'name', 'function', 'type', 'verdict', 'code', 'word', 'number', 'text', 'comment']
  .map(kind => [kind, Decoration.mark({ class: `tok-${kind}` })]));

/** Makes an editor. `asks` answers `complete` and `hover` at a place; `changed` is told that the text changed. */
export function makeEditor({ label, changed, asks, laidOut }) {
  const labelled = new Compartment();
  const complete = async context => {
    if (!context.explicit && !context.matchBefore(/[\p{L}\p{N}_.]$/u)) return null;
    const found = await asks('complete', context.pos, context.state.doc.toString());
    if (!found?.offers?.length || context.aborted) return null;
    const kinds = { value: 'enum', name: 'variable', function: 'function', code: 'constant', word: 'keyword' };
    return {
      from: found.from,
      options: found.offers.map(of => ({ label: of.text, detail: of.detail, type: kinds[of.kind] })),
      validFor: /^[\p{L}\p{N}_]*$/u,
    };
  };
  const hover = hoverTooltip(async (view, at) => {
    const found = await asks('hover', at, view.state.doc.toString());
    if (!found) return null;
    return { pos: found.from, end: found.to, above: true, create: () => ({ dom: h('div', { class: 'hover' }, markdown(found.markdown)) }) };
  });
  const extensions = [
    lineNumbers(), highlightSpecialChars(), history(), drawSelection(), EditorState.allowMultipleSelections.of(true),
    bracketMatching(), closeBrackets(), autocompletion({ override: [complete] }), highlightActiveLine(), highlightSelectionMatches(),
    lintGutter(), hover, tokens, EditorView.lineWrapping, labelled.of(EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' })),
    keymap.of([
      { key: 'Shift-Alt-f', run: () => { laidOut?.(); return true; } },
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
    ]),
    EditorView.updateListener.of(update => { if (update.docChanged) changed(update.state.doc.toString()); }),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: '', extensions }) });
  return {
    view,
    dom: view.dom,
    get text() { return view.state.doc.toString(); },
    /** Shows another text, with a history of its own. */
    show(text, name) {
      view.setState(EditorState.create({ doc: text, extensions }));
      view.dispatch({ effects: labelled.reconfigure(EditorView.contentAttributes.of({ 'aria-label': name, tabindex: '0' })) });
    },
    /** Puts another text in place of this one, which can be undone. */
    replace(text) {
      if (text !== this.text) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    edit(edits) {
      view.dispatch({ changes: edits.map(({ from, to, insert }) => ({ from, to, insert })) });
    },
    /** Marks what is wrong. */
    mark(found, words, act) {
      const most = view.state.doc.length;
      const shown = found.filter(of => of.from <= most).map(of => ({
        from: of.from, to: Math.min(of.to, most), severity: of.severity === 'note' ? 'info' : of.severity,
        source: of.code,
        renderMessage: () => h('div', {}, of.message, of.notes.map(note => h('div', { class: 'note' }, note))),
        message: of.message,
        actions: of.changes.map(change => ({ name: change.message, apply: () => act(change) })),
      }));
      view.dispatch(setDiagnostics(view.state, shown));
    },
    /** Colours what each word is. */
    colour(list) {
      const builder = new RangeSetBuilder();
      const most = view.state.doc.length;
      for (let at = 0; at + 2 < list.length && list[at + 1] <= most; at += 3) {
        if (list[at] < list[at + 1]) builder.add(list[at], list[at + 1], MARKS[list[at + 2]]);
      }
      view.dispatch({ effects: setTokens.of(builder.finish()) });
    },
    go(from, to = from) {
      const most = view.state.doc.length;
      view.dispatch({ selection: { anchor: Math.min(from, most), head: Math.min(to, most) }, scrollIntoView: true });
      view.focus();
    },
    goLine(line, column = 1) {
      const found = view.state.doc.line(Math.min(line, view.state.doc.lines));
      this.go(Math.min(found.from + column - 1, found.to));
    },
  };
}
