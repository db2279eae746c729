// What a browser makes of sites: what pages say and by which roles, what axe-core finds, links, keys, pictures, paper, Chinese.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/tests/browser/sites.mjs [FILTER]
//
// `shared.mjs` says which variables there are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HOSTILE, WIDTHS, assertAccessible, assertKept, brokenLines, folder, hostile, program, root, run } from './shared.mjs';

const sites = [
  { name: 'shop-en', args: [join(root, 'tests', 'site', 'shop.qd')], kept: true },
  { name: 'shop-zh', args: [join(root, 'tests', 'site', 'shop.qd'), '--lang', 'zh'], kept: true },
  { name: 'wechat-en', args: ['wechat', '--no-tests'] },
  { name: 'today-zh', args: ['wechat-today', '--lang', 'zh', '--no-tests'] },
  { name: 'aws', args: ['aws-messaging', '--no-tests'] },
  { name: 'hostile', args: [hostile()] },
];

async function check(browser, { name, args, kept }) {
  const home = join(folder, name);
  execFileSync(program, ['doc', ...args, '-o', home], { stdio: ['ignore', 'ignore', 'pipe'] });
  const files = readdirSync(home).filter(file => file.endsWith('.html'));
  assert.ok(files.length > 6, `${name}: ${files}`);
  const page = await browser.newPage();
  for (const file of files) {
    const url = pathToFileURL(join(home, file)).href;
    const says = text => `${name} ${file}: ${text}`;
    const asked = [];
    page.removeAllListeners();
    page.on('request', request => asked.push(request.url()));
    page.on('console', message => assert.fail(says(message.text())));
    page.on('pageerror', error => assert.fail(says(error)));
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(url);

    // The page and its style sheet, nothing run.
    assert.deepEqual(asked, [url, pathToFileURL(join(home, 'style.css')).href], says('it asks for more'));
    assert.equal(await page.locator('script, img, iframe, object, form').count(), 0, says('it holds more than text'));
    const styled = await page.evaluate(() => getComputedStyle(document.querySelector('.chapters ul')).listStyleType);
    assert.equal(styled, 'none', says('it has no style'));
    assert.equal(await page.locator('h1').count(), 1, says('h1'));
    assert.equal(await page.locator('.chapters [aria-current=page]').count(), 1, says('the chapter'));
    assert.equal(await page.locator('html').getAttribute('lang'), args.includes('zh') ? 'zh' : 'en', says('lang'));
    if (name === 'hostile' && file === 'index.html') {
      const title = await page.title();
      assert.ok(HOSTILE.every(text => title.includes(text)), says(title));
    }

    // Keys: over the chapters to the text.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main', says('the skip'));

    // Pictures: no name leaves its box, no two boxes lie on each other, links have names.
    const wrong = await page.evaluate(() => [...document.querySelectorAll('svg')].flatMap(svg => {
      const boxes = [...svg.querySelectorAll('.node')].map(node => {
        const [rect, text] = ['rect', 'text'].map(of => node.querySelector(of).getBoundingClientRect());
        return { name: node.querySelector('text').textContent, rect, text };
      });
      const out = boxes.filter(({ rect, text }) => text.right > rect.right + 1 || text.left < rect.left);
      boxes.sort((a, b) => a.rect.left - b.rect.left || a.rect.top - b.rect.top);
      const over = boxes.filter(({ rect }, at) => {
        const next = boxes[at + 1]?.rect;
        return next && next.left === rect.left && next.top < rect.bottom;
      });
      return [...out, ...over].map(of => of.name);
    }));
    assert.deepEqual(wrong, [], says('a picture'));

    if (kept && ['index.html', 'rules.html', 'graph.html'].includes(file)) {
      await assertKept(page, `site-${name}-${file.replace('.html', '')}`, says);
    }
    // Pages of large rulesets are long, and axe needs its time for them.
    await assertAccessible(page, says, kept, `${name}-${file.replace('.html', '')}`, kept ? WIDTHS : [390]);
    if (args.includes('zh')) {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await page.evaluate(brokenLines), [], says(`lines in ${width}`));
      }
    }

    // Paper: pages have numbers, and what leads elsewhere is not printed.
    if (kept) {
      await page.emulateMedia({ media: null, colorScheme: null });
      const pdf = join(folder, 'page.pdf');
      await page.pdf({ path: pdf, format: 'A4' });
      const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
      const count = text.split('\f').length - 1;
      assert.equal([...text.matchAll(/(\d+) ?\/ ?(\d+)\s*\f/g)].length, count, says('pages without numbers'));
      assert.ok(text.includes(await page.locator('h1').innerText()), says('h1 is not printed'));
      if (process.env.SHOTS) {
        mkdirSync(process.env.SHOTS, { recursive: true });
        execFileSync('pdftoppm', ['-png', '-r', '60', '-l', '1', pdf, join(process.env.SHOTS, `${name}-${file}-paper`)]);
      }
    }
  }
  await page.close();
  console.log(`${name}: ok`);
}

await run(sites, check);
