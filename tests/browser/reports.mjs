// What a browser makes of reports: what pages say and by which roles, what axe-core finds, links, keys, paper, Chinese.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/tests/browser/reports.mjs [FILTER]
//
// `shared.mjs` says which variables there are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HOSTILE, WIDTHS, assertAccessible, assertKept, brokenLines, folder, hostile, program, root, run } from './shared.mjs';

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
    await assertKept(page, name, says);
  }

  // Each width, light and dark, folded and not. Proofs of large rulesets are long.
  await assertAccessible(page, says, kept, name);
  for (const width of args.includes('zh') ? WIDTHS : []) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await page.evaluate(brokenLines), [], says(`lines in ${width}`));
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

await run(pages, check);
