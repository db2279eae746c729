// The entry where no program can be started: the outline of a file from the first words of its lines. Colours, snippets and
// brackets need no code.
import * as vscode from 'vscode';

const KINDS: Record<string, vscode.SymbolKind> = {
  ruleset: vscode.SymbolKind.Module,
  source: vscode.SymbolKind.File,
  unit: vscode.SymbolKind.Constant,
  weight: vscode.SymbolKind.Constant,
  parameter: vscode.SymbolKind.Constant,
  enum: vscode.SymbolKind.Enum,
  scale: vscode.SymbolKind.Enum,
  profile: vscode.SymbolKind.Namespace,
  fact: vscode.SymbolKind.Property,
  measure: vscode.SymbolKind.Property,
  channel: vscode.SymbolKind.Class,
  mix: vscode.SymbolKind.Class,
  requirement: vscode.SymbolKind.Key,
  let: vscode.SymbolKind.Variable,
  rule: vscode.SymbolKind.Function,
  table: vscode.SymbolKind.Function,
  property: vscode.SymbolKind.Function,
  test: vscode.SymbolKind.Event,
};
const DECLARATION = new RegExp(
  `^(?:override\\s+)?(${Object.keys(KINDS).join('|')})\\b\\s*(?:([\\p{L}_][\\p{L}\\p{N}_]*)\\s*)?(?:"((?:[^"\\\\]|\\\\.)*)")?`,
  'u',
);

/** A declaration: its word, name and title, and the lines from its first to its last. */
export interface Entry {
  word: string;
  name: string;
  title: string;
  first: number;
  last: number;
}

/** The declarations that begin at the left, each up to the next. */
export function entries(text: string): Entry[] {
  const found: Entry[] = [];
  let inText = false;
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    const open = found.at(-1);
    const match = inText ? null : DECLARATION.exec(line);
    // A long text may hold lines that look like declarations.
    if ((line.split('"""').length - 1) % 2 === 1) inText = !inText;
    if (match) {
      const [, word = '', name = '', title = ''] = match;
      found.push({ word, name: name || title || word, title: name ? title : '', first: number, last: number });
    } else if (open && line.trim() && !line.startsWith('#')) {
      open.last = number;
    }
  }
  return found;
}

export function activate(context: vscode.ExtensionContext): void {
  const provider: vscode.DocumentSymbolProvider = {
    provideDocumentSymbols: document =>
      entries(document.getText()).map(({ word, name, title, first, last }) => {
        const range = document.lineAt(first).range.union(document.lineAt(last).range);
        return new vscode.DocumentSymbol(name, title || word, KINDS[word] ?? vscode.SymbolKind.Object, range, document.lineAt(first).range);
      }),
  };
  context.subscriptions.push(vscode.languages.registerDocumentSymbolProvider({ language: 'qudao' }, provider, { label: 'Qudao' }));
}
