// The desktop's entry: it finds the program, starts its language server, and adds what a server cannot: a status, tasks,
// documents that show what is told, and commands that ask for what they need.
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, State } from 'vscode-languageclient/node';
import { commands } from './commands.js';
import { showDocument } from './documents.js';
import { tasks } from './tasks.js';

let client: LanguageClient | undefined;

/** The program that the settings name, else the first of its name where programs are. */
export function program(): string | undefined {
  const named = vscode.workspace.getConfiguration('qudao').get<string>('server.path', '').trim();
  if (named) return named.replace(/^~(?=[/\\])/, homedir());
  const name = process.platform === 'win32' ? 'qudao.exe' : 'qudao';
  // An editor that was not started from a shell has a short PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), '.cargo', 'bin'), join(homedir(), '.local', 'bin')];
  return folders.filter(Boolean).map(folder => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Qudao', { log: true });
  const status = vscode.languages.createLanguageStatusItem('qudao', { language: 'qudao' });
  status.name = 'Qudao';
  status.command = { command: 'qudao.client.restart', title: vscode.l10n.t('Restart') };
  const is = (text: string, severity = vscode.LanguageStatusSeverity.Information) => {
    status.text = `qudao ${text}`;
    status.severity = severity;
  };

  const start = async () => {
    const command = program();
    if (!command) {
      is(vscode.l10n.t('not found'), vscode.LanguageStatusSeverity.Error);
      void complain(vscode.l10n.t('The program `qudao` is not found.'));
      return;
    }
    client = new LanguageClient('qudao', 'Qudao', { command, args: ['lsp'] }, {
      documentSelector: [
        { scheme: 'file', language: 'qudao' },
        { scheme: 'untitled', language: 'qudao' },
        { scheme: 'file', pattern: '**/*.csv' },
        { scheme: 'file', pattern: vscode.workspace.getConfiguration('qudao').get<string>('profiles', '') },
      ],
      outputChannel: log,
      middleware: {
        // What a lens runs is shown here, beside the text, and not by the server.
        executeCommand: async (name, args, next) => {
          const told: unknown = await next(name, [{ ...(args[0] as object | undefined), show: false }]);
          await showDocument(told);
          return told;
        },
      },
    });
    client.onDidChangeState(({ newState }) => {
      const running = newState === State.Running;
      void vscode.commands.executeCommand('setContext', 'qudao.running', running);
      status.busy = newState === State.Starting;
      if (running) is(client?.initializeResult?.serverInfo?.version ?? '');
      else if (status.busy) is(vscode.l10n.t('starting'));
      else is(vscode.l10n.t('stopped'), vscode.LanguageStatusSeverity.Error);
    });
    try {
      await client.start();
    } catch (error) {
      is(vscode.l10n.t('stopped'), vscode.LanguageStatusSeverity.Error);
      void complain(vscode.l10n.t('`{0}` does not start: {1}', command, String(error)));
    }
  };
  const complain = async (message: string) => {
    const [settings, show] = [vscode.l10n.t('Name It in the Settings'), vscode.l10n.t('Show Log')];
    const chosen = await vscode.window.showErrorMessage(message, settings, show);
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'qudao.server.path');
    else if (chosen === show) log.show();
  };
  const restart = async () => {
    await deactivate();
    await start();
  };

  context.subscriptions.push(
    log,
    status,
    ...commands(() => client, program),
    tasks(program),
    vscode.commands.registerCommand('qudao.client.restart', restart),
    vscode.commands.registerCommand('qudao.client.log', () => log.show()),
    vscode.workspace.onDidChangeConfiguration(changed => {
      if (changed.affectsConfiguration('qudao.server.path') || changed.affectsConfiguration('qudao.profiles')) void restart();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const ended = client;
  client = undefined;
  if (ended?.isRunning()) await ended.stop();
  await ended?.dispose();
}
