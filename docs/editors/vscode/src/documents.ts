// What the server tells as Markdown, shown beside the text.
import * as vscode from 'vscode';

const SCHEME = 'qudao-told';
const told = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

export const documents = () =>
  vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => told.get(uri.path) ?? '',
  });

/** Shows the result of a command, if it is a text with its title. */
export async function showDocument(result: unknown): Promise<void> {
  const { title, markdown } = (result ?? {}) as { title?: unknown; markdown?: unknown };
  if (typeof title !== 'string' || typeof markdown !== 'string') return;
  // A slash would make folders of a title.
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}.md` });
  told.set(uri.path, markdown);
  changed.fire(uri);
  const place = { viewColumn: vscode.ViewColumn.Two, preserveFocus: true, preview: true };
  await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor', place);
}
