// What a browser makes of reports: what pages say and by which roles, what axe-core finds, links, keys, paper, Chinese.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/tests/browser/reports.mjs [FILTER]
//
// `QUDAO` is the program, `CHROMIUM` the browser. With `UPDATE=1` the snapshots are written anew; `SHOTS=FOLDER` keeps
// pictures of each page in three widths, light and dark, to be looked at.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'x'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const home = fileURLToPath(new URL('.', import.meta.url));
const root = join(home, '..', '..');
const program = process.env.QUDAO ?? join(root, 'target', 'debug', 'qudao');
const folder = mkdtempSync(join(tmpdir(), 'qudao-reports-'));

const WIDTHS = [390, 820, 1280];

/** Texts that have power on a page, in every place of a ruleset that has one. */
const HOSTILE = ['</title></style><script>document.title=1</script>', '"><img src=x onerror=document.title=1>', '*/}body{display:none}'];

function hostile() {
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

const profile = (ruleset, name) => join(root, 'rulesets', ruleset, 'profiles', name);
const pages = [
  { name: 'wechat-en', args: ['wechat', profile('wechat', 'restaurant_chain.yaml')], kept: true, most: 8 },
  { name: 'wechat-zh', args: ['wechat', profile('wechat', 'restaurant_chain.yaml'), '--lang', 'zh'], kept: true, most: 8 },
  { name: 'wechat-open', args: ['wechat', profile('wechat', 'few_answers.yaml'), '--lang', 'zh', '--ids'] },
  { name: 'today-zh', args: ['wechat-today', profile('wechat-today', 'restaurant_chain.yaml'), '--lang', 'zh'] },
  { name: 'aws', args: ['aws-messaging', profile('aws-messaging', 'alarms.yaml')] },
  { name: 'licence', args: ['licence', profile('licence', 'company_library.yaml')] },
  {
    name: 'compare',
    args: ['wechat', ...['restaurant_chain', 'blogger'].map(name => profile('wechat', `${name}.yaml`)), '--compare'],
    kept: true,
  },
  { name: 'hostile', args: [hostile(), '--set', 'b=true'] },
];

/** Lines that begin with what ends a clause: Chinese is not broken there. */
function brokenLines() {
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

async function check(browser, { name, args, kept, most }) {
  const file = join(folder, `${name}.html`);
  execFileSync(program, ['report', ...args, '-o', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = pathToFileURL(file).href;
  const says = text => `${name}: ${text}`;
  const page = await browser.newPage();
  const asked = [];
  page.on('request', request => asked.push(request.url()));
  page.on('console', message => assert.fail(says(message.text())));
  page.on('pageerror', error => assert.fail(says(error)));
  await page.goto(url);

  // One file, nothing run.
  assert.deepEqual(asked, [url], says('it asks for more'));
  assert.equal(await page.locator('script, img, iframe, object, form').count(), 0, says('it holds more than text'));
  const title = await page.title();
  assert.equal(await page.locator('h1').innerText(), title.trim().replaceAll(/\s+/g, ' '), says('title'));
  if (name === 'hostile') assert.ok(HOSTILE.every(text => title.includes(text)), says(title));

  // Links lead somewhere, names stand once.
  const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
    .filter(link => !document.getElementById(link.getAttribute('href').slice(1))).map(link => link.outerHTML));
  assert.deepEqual(lost, [], says('links lead nowhere'));
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(of => of.id));
  assert.equal(new Set(ids).size, ids.length, says('a name stands twice'));
  const outside = await page.evaluate(() => [...document.querySelectorAll('a:not([href^="#"])')].map(of => of.href));
  assert.ok(outside.every(link => /^https?:\/\//.test(link)), says(outside));

  // Keys: over the contents to the text, and a proof is opened.
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip', says('the first stop'));
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main', says('the skip'));
  const proof = page.locator('summary').first();
  if (await proof.count()) {
    await proof.focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('details').first().evaluate(of => of.open), says('a proof stays folded'));
    await page.keyboard.press('Enter');
  }

  // What it says, and by which roles.
  if (kept) {
    const now = `${await page.locator('body').ariaSnapshot()}\n`;
    const path = join(home, 'snapshots', `${name}.yml`);
    if (process.env.UPDATE) {
      mkdirSync(join(home, 'snapshots'), { recursive: true });
      writeFileSync(path, now);
    }
    assert.equal(now, readFileSync(path, 'utf8'), says('it says something else; UPDATE=1 takes it'));
  }

  // Each width, light and dark, folded and not.
  for (const width of WIDTHS) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, media: 'screen' });
      // Proofs of large rulesets are long; axe needs minutes for them.
      for (const open of kept && width === 820 ? [true, false] : [false]) {
        await page.evaluate(open => document.querySelectorAll('details').forEach(of => { of.open = open; }), open);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, says(`it is ${wide} wide in ${width}`));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(of => of.html).join(' | ')}`);
        assert.deepEqual(found, [], says(`${width} ${colorScheme}`));
        if (process.env.SHOTS && !open) {
          mkdirSync(process.env.SHOTS, { recursive: true });
          await page.screenshot({ path: join(process.env.SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
    }
    if (args.includes('zh')) assert.deepEqual(await page.evaluate(brokenLines), [], says(`lines in ${width}`));
  }
  assert.equal(await page.locator('html').getAttribute('lang'), args.includes('zh') ? 'zh' : 'en', says('lang'));

  // Paper: what is folded is not printed, pages have numbers.
  await page.emulateMedia({ media: null, colorScheme: null });
  await page.goto(url);
  for (const format of ['A4', 'Letter']) {
    const pdf = join(folder, `${name}.pdf`);
    await page.pdf({ path: pdf, format, preferCSSPageSize: false });
    const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
    const numbers = [...text.matchAll(/(\d+) ?\/ ?(\d+)\s*\f/g)];
    const count = text.split('\f').length - 1;
    assert.equal(numbers.length, count, says(`${numbers.length} of ${count} pages of ${format} have numbers`));
    assert.ok(count <= (most ?? 40), says(`${count} pages of ${format}`));
    const lead = await page.locator('h2').first().innerText();
    assert.ok(text.includes(lead), says(`${lead} is not printed`));
    const folded = await page.locator('section.proofs h2').allInnerTexts();
    assert.ok(folded.every(heading => !text.includes(heading)), says('proofs are printed'));
  }
  await page.close();
  console.log(`${name}: ok`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  assert.ok(existsSync(program), `${program} is not built`);
  const wanted = pages.filter(page => page.name.includes(process.argv[2] ?? ''));
  assert.ok(wanted.length > 0, 'no page is tested');
  for (const page of wanted) await check(browser, page);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
