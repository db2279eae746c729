// Tasks: the program on the command line, started without a shell, so that nothing needs to be quoted.
import * as vscode from 'vscode';

export function task(program: string, args: string[], folder?: vscode.WorkspaceFolder): vscode.Task {
  const scope = folder ?? vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace;
  const run = new vscode.ProcessExecution(program, args);
  return new vscode.Task({ type: 'qudao', args }, scope, args.join(' '), 'qudao', run, '$qudao');
}

export const tasks = (program: () => string | undefined) =>
  vscode.tasks.registerTaskProvider('qudao', {
    provideTasks: () => {
      const found = program();
      const build = found && task(found, ['check', '--format', 'short', '.']);
      const test = found && task(found, ['test', '.']);
      if (!build || !test) return [];
      build.group = vscode.TaskGroup.Build;
      test.group = vscode.TaskGroup.Test;
      return [build, test];
    },
    resolveTask: given => {
      const found = program();
      const { args } = given.definition as unknown as { args?: string[] };
      // The editor knows a task again by its very definition.
      return found && args
        ? new vscode.Task(given.definition, given.scope ?? vscode.TaskScope.Workspace, given.name, 'qudao', new vscode.ProcessExecution(found, args), '$qudao')
        : undefined;
    },
  });
