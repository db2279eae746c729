// What the tests in a browser share: the program, a ruleset of hostile texts, what is asked of each page.
//
// `QUDAO` is the program, `CHROMIUM` the browser. With `UPDATE=1` the snapshots are written anew; `SHOTS=FOLDER` keeps
// pictures of each page in three widths, light and dark, to be looked at.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(join(process.cwd(), 'x'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const home = fileURLToPath(new URL('.', import.meta.url));
export const root = join(home, '..', '..');
export const program = process.env.QUDAO ?? join(root, 'target', 'debug', 'qudao');
export const folder = mkdtempSync(join(tmpdir(), 'qudao-browser-'));

export const WIDTHS = [390, 820, 1280];

/** Texts that have power on a page, in every place of a ruleset that has one. */
export const HOSTILE = ['</title></style><script>document.title=1</script>', '"><img src=x onerror=document.title=1>', '*/}body{display:none}'];

export function hostile() {
  const text = JSON.stringify(HOSTILE.join(' ')).replaceAll('{', '\\{');
  const path = join(folder, 'hostile.qd');
  writeFileSync(path, `ruleset hostile ${text} { version ${text} as of 2026-05-01 }
source s ${text} { publisher ${text} }
profile { b: bool ${text} }
fact f: int ${text}
requirement q ${text} { how ${text} }
channel a ${text} { f = 1 from s at ${text} needs q }
rule r ${text} { when b then score a +1, warn ${text} because ${text} }
`);
  return path;
}

/** Lines that begin with what ends a clause: Chinese is not broken there. */
export function brokenLines() {
  const wrong = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest('details')) continue;
    let last = null;
    for (let at = 0; at < node.length; at += 1) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getClientRects()[0];
      if (box && last !== null && box.top > last + box.height / 2 && '，。；：！？、）”'.includes(node.data[at])) {
        wrong.push(node.data.slice(Math.max(0, at - 8), at + 4));
      }
      if (box) last = box.top;
    }
  }
  return wrong;
}

/** What a page says, and by which roles, is what it said before. */
export async function assertKept(page, name, says) {
  const now = `${await page.locator('body').ariaSnapshot()}\n`;
  const path = join(home, 'snapshots', `${name}.yml`);
  if (process.env.UPDATE) {
    mkdirSync(join(home, 'snapshots'), { recursive: true });
    writeFileSync(path, now);
  }
  assert.equal(now, readFileSync(path, 'utf8'), says('it says something else; UPDATE=1 takes it'));
}

/** In each width, light and dark, folded and, where that is not too much for axe, open: it fits, and axe finds nothing. */
export async function assertAccessible(page, says, opens, shot, widths = WIDTHS) {
  for (const width of widths) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, media: 'screen' });
      for (const open of opens && width === 820 ? [true, false] : [false]) {
        await page.evaluate(open => document.querySelectorAll('details').forEach(of => { of.open = open; }), open);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, says(`it is ${wide} wide in ${width}`));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'], preload: false }));
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(of => of.html).join(' | ')}`);
        assert.deepEqual(found, [], says(`${width} ${colorScheme}`));
        if (process.env.SHOTS && !open) {
          mkdirSync(process.env.SHOTS, { recursive: true });
          await page.screenshot({ path: join(process.env.SHOTS, `${shot}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
    }
  }
}

/** Checks all that are wanted, in one browser. */
export async function run(all, check) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    assert.ok(existsSync(program), `${program} is not built`);
    const wanted = all.filter(one => one.name.includes(process.argv[2] ?? ''));
    assert.ok(wanted.length > 0, 'nothing is tested');
    for (const one of wanted) await check(browser, one);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
