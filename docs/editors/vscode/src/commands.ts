// Commands that ask for what they need. The server runs them where it can, else the program does, in a terminal.
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { documents } from './documents.js';
import { task } from './tasks.js';

export function commands(client: () => LanguageClient | undefined, program: () => string | undefined): vscode.Disposable[] {
  /** Files are named as they lie in the folder of the first of them, in which the program is started. */
  const inTerminal = async (args: (string | vscode.Uri)[]) => {
    const found = program();
    const folder = args.flatMap(arg => (typeof arg === 'string' ? [] : (vscode.workspace.getWorkspaceFolder(arg) ?? [])))[0];
    const named = (uri: vscode.Uri) =>
      folder && vscode.workspace.getWorkspaceFolder(uri) === folder ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath;
    const given = args.map(arg => (typeof arg === 'string' ? arg : named(arg)));
    if (found) await vscode.tasks.executeTask(task(found, given, folder));
    else await vscode.commands.executeCommand('qudao.client.restart');
  };
  /** Has the server run one of its commands; false if it has none of that name. Its client shows what it tells. */
  const inServer = async (name: string, argument: object) => {
    const known = client()?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(name);
    if (known) await vscode.commands.executeCommand(name, argument);
    return known ?? false;
  };

  const why = async () => {
    const document = vscode.window.activeTextEditor?.document;
    const test = testHere();
    if (!document || (document.languageId === 'qudao' && test === undefined)) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open a profile, or put the cursor into a test of a ruleset.'));
      return;
    }
    const chosen = await target();
    if (!chosen) return;
    const argument = { uri: document.uri.toString(), ...(test === undefined ? {} : { test }), ...chosen };
    if (await inServer('qudao.why', argument)) return;
    if (test !== undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('This version of `qudao` explains no verdict of a test; open a profile.'));
      return;
    }
    const ruleset = await rulesetHere();
    if (ruleset) await inTerminal(chosen.target ? ['why', ruleset, document.uri, chosen.target] : ['eval', ruleset, document.uri]);
  };

  const test = async () => {
    const document = vscode.window.activeTextEditor?.document;
    const title = testHere();
    // The server knows of which ruleset a file is part.
    const part = document?.languageId === 'qudao' ? document.uri : undefined;
    if (part && (await inServer('qudao.run', { uri: part.toString(), ...(title === undefined ? {} : { test: title }) }))) return;
    const ruleset = await rulesetHere();
    if (!ruleset || (!part && (await inServer('qudao.run', { uri: ruleset.toString() })))) return;
    await inTerminal(['test', ruleset, ...(title === undefined ? [] : ['--filter', title])]);
  };

  const interview = async () => {
    const ruleset = await rulesetHere();
    if (ruleset) await inTerminal(['ask', ruleset]);
  };

  const begin = async () => {
    const name = await vscode.window.showInputBox({
      prompt: vscode.l10n.t('The name of the ruleset, and of its folder'),
      validateInput: text =>
        /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) ? undefined : vscode.l10n.t('a name begins with a letter, and has letters, digits and `_`'),
    });
    if (name) await inTerminal(['new', name, ...(vscode.env.language.startsWith('zh') ? ['--lang', 'zh'] : [])]);
  };

  const all = { why, test, interview, new: begin };
  return [documents(), ...Object.entries(all).map(([name, run]) => vscode.commands.registerCommand(`qudao.client.${name}`, run))];
}

/** The title of the test that the cursor stands in. */
function testHere(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'qudao') return undefined;
  for (let line = editor.selection.active.line; line >= 0; line -= 1) {
    const text = editor.document.lineAt(line).text;
    const title = /^\s*test\s+"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
    if (title !== undefined) return title.replaceAll(/\\(["\\{])/g, '$1');
    // What begins at the left ends whatever stands above it.
    if (/^[\p{L}}]/u.test(text) && line !== editor.selection.active.line) return undefined;
  }
  return undefined;
}

/** The channel or mix that is asked about; none stands for the one that comes first. */
async function target(): Promise<{ target?: string } | undefined> {
  const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>('vscode.executeWorkspaceSymbolProvider', '');
  const names = (symbols ?? []).filter(symbol => symbol.kind === vscode.SymbolKind.Class).map(symbol => symbol.name);
  const first = vscode.l10n.t('the one that comes first');
  const chosen = await vscode.window.showQuickPick([first, ...new Set(names)], { placeHolder: vscode.l10n.t('Whose verdict?') });
  if (chosen === undefined) return undefined;
  return chosen === first ? {} : { target: chosen };
}

/** The ruleset of the file at hand, else one that is chosen. */
async function rulesetHere(): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'qudao' && document.uri.scheme === 'file' && isRuleset(document.getText())) return document.uri;
  const found: vscode.Uri[] = [];
  for (const uri of await vscode.workspace.findFiles('**/*.qd', '**/{node_modules,target}/**', 1000)) {
    if (isRuleset(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)))) found.push(uri);
  }
  if (found.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('No file of this workspace holds a ruleset.'));
  const folder = document && vscode.Uri.joinPath(document.uri, '..').toString();
  const beside = found.filter(uri => vscode.Uri.joinPath(uri, '..').toString() === folder);
  if (found.length < 2 || beside.length === 1) return beside[0] ?? found[0];
  const named = found.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(named, { placeHolder: vscode.l10n.t('Which ruleset?') }))?.uri;
}

const isRuleset = (text: string) => /^\s*ruleset\s/m.test(text);
