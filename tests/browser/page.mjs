// The page in a browser, by roles and words as a reader meets them: playground, interview, links, files, Chinese, a large
// ruleset, one that takes long, one that is hostile.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/tests/browser/page.mjs [FILTER]
//
// `shared.mjs` says which variables there are; `PAGE` is the folder of the built page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CATALOGUE } from '../../src/web/page/src/words.js';
import { HOSTILE, WIDTHS, assertAccessible, folder, hostile, program, root, run } from './shared.mjs';

const built = process.env.PAGE ?? join(root, 'target', 'page');
const index = pathToFileURL(join(built, 'index.html')).href;

/** Opens the page; whatever it asks for, says wrong or throws fails the test. */
async function open(browser, hash = '', { url = index, locale = 'en-GB', width = 1280 } = {}) {
  const context = await browser.newContext({ locale, viewport: { width, height: 900 }, acceptDownloads: true, permissions: [] });
  const page = await context.newPage();
  page.on('request', request => {
    const asked = request.url();
    assert.ok(asked.startsWith(url) || /^(blob|data|about):/.test(asked), `it asks for ${asked}`);
  });
  page.on('console', message => assert.ok(message.type() !== 'error', message.text()));
  page.on('pageerror', error => assert.fail(error));
  await page.goto(url + hash);
  return page;
}

const leave = page => page.context().close();
const answered = (page, of = '') => page.locator(`#answer .targets ${of}`).first().waitFor();
const rules = page => page.locator('#rules .cm-content');
const lead = page => page.locator('#answer .lead').innerText();

async function type(page, text) {
  await rules(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.insertText(text);
}

/** Puts a text in place of all that stands in the editor. */
async function write(page, text) {
  await rules(page).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

const SHOP = `ruleset shop "Where to sell" { as of 2026-05-01 }

profile {
  orders: int per month "How many orders a month?" in 0 .. 1000
  abroad: bool "Do you sell abroad?"
}

channel own_shop "Own shop"
channel market   "Marketplace"

rule enough "Enough orders" {
  when    orders >= 50 per month
  then    score own_shop +2
  because "{orders} carry a shop of your own"
}

rule borders "Sells abroad" { when abroad then score market +1 because "it ships abroad" }

test "50 are enough" { given { orders = 50 } expect own_shop recommended }
`;

const flows = {
  async playground(browser) {
    const page = await open(browser);
    await answered(page);
    await page.getByRole('heading', { level: 1, name: /Qudao/ }).waitFor();
    assert.equal(await page.getByLabel('Example').inputValue(), 'wechat');
    assert.ok(await page.getByRole('tab', { name: 'wechat.qd' }).count());
    assert.match(await lead(page), /recommended\.$/);
    const channels = page.locator('#answer .targets > li');
    assert.ok((await channels.count()) > 4);
    // A verdict is told by a word and a shape, not by colour alone.
    assert.match(await channels.first().innerText(), /recommended/);
    assert.equal(await channels.first().locator('svg[aria-hidden=true]').count(), 1);
    // A proof is folded, and unfolds by the keyboard, down to a source.
    await channels.first().locator('summary').first().focus();
    await page.keyboard.press('Enter');
    const reason = channels.first().locator('.reasons > li').first();
    await reason.locator('summary', { hasText: 'rests on' }).click();
    await reason.locator('.tree .truth').first().waitFor();
    // A rule leads to its place.
    await reason.locator('button.rule').click();
    const name = await reason.locator('button.rule').getAttribute('title');
    assert.equal(await page.locator('#tabs [aria-selected=true]').innerText(), name.split(':')[0].split('/').pop());
    await page.getByRole('button', { name: 'Whole proof' }).first().click();
    const dialog = page.getByRole('dialog', { name: /^Proof: / });
    await dialog.frameLocator('iframe').getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await leave(page);
  },

  async mistakes(browser) {
    const page = await open(browser, '#example=cookbook/threshold');
    await answered(page);
    await write(page, SHOP.replace('own_shop +2', 'own_shp +2'));
    const problem = page.locator('#problems li').first();
    await problem.filter({ hasText: 'own_shp' }).waitFor();
    assert.match(await problem.innerText(), /^error/);
    assert.match(await page.locator('#answer [role=alert]').innerText(), /errors/);
    await page.locator('.cm-lintRange-error').first().waitFor();
    // The fix that is offered mends it.
    await problem.getByRole('button').click();
    await page.locator('.cm-lintRange-error').first().hover();
    await page.locator('.cm-diagnosticAction').first().click();
    await page.locator('#problems').filter({ hasText: 'No problems' }).waitFor();
    assert.ok((await rules(page).innerText()).includes('own_shop +2'));
    // What may follow is offered, what stands there is explained.
    await rules(page).click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText('rule more { when ');
    await page.keyboard.type('o');
    await page.locator('.cm-completionLabel', { hasText: 'orders' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.insertText(' > 500 per month then score market +1 }');
    await page.waitForFunction(() => document.querySelector('#rules .cm-content').innerText.includes('orders > 500'));
    await page.locator('#problems').filter({ hasText: 'No problems' }).waitFor();
    await page.getByRole('button', { name: 'Lay out' }).click();
    await page.waitForFunction(() => /rule more \{\n/.test(document.querySelector('#rules .cm-content').innerText));
    await page.locator('.tok-name', { hasText: 'own_shop' }).first().hover();
    await page.locator('.cm-tooltip .hover', { hasText: 'Own shop' }).waitFor();
    await leave(page);
  },

  async whatIf(browser) {
    const page = await open(browser, '#example=cookbook/threshold');
    await answered(page);
    await write(page, SHOP);
    await page.getByRole('group', { name: 'How many orders a month?' }).waitFor();
    const orders = page.getByRole('spinbutton', { name: 'How many orders a month?' });
    await orders.fill('60');
    await orders.press('Enter');
    const changed = page.locator('#answer li.differs');
    await changed.first().waitFor();
    assert.match(await changed.first().innerText(), /recommended[\s\S]*was (undecided|possible)/);
    assert.match(await page.locator('#tried').innerText(), /1 answer tried/);
    // The slider says the same.
    await page.locator('[data-field=orders] input[type=range]').evaluate(of => {
      of.value = 10;
      of.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.locator('#answer .targets', { hasText: '0 points' }).waitFor();
    await orders.fill('70');
    await orders.press('Enter');
    await page.locator('#answer', { hasText: 'Own shop: recommended.' }).waitFor();
    await page.getByRole('button', { name: 'Keep in the profile' }).click();
    await page.locator('#tried').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    assert.match(await page.locator('#text .cm-content').innerText(), /orders: 70/);
    // In the profile too, mistakes are told as one types.
    await page.locator('#text .cm-content').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('ordrs: 5\n');
    await page.locator('#answer [role=alert]', { hasText: 'ordrs' }).waitFor();
    await page.locator('#text .cm-lintRange-error').first().waitFor();
    await leave(page);
  },

  async testsAndChanges(browser) {
    const page = await open(browser, '#example=cookbook/threshold');
    await answered(page);
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByText('Nothing was changed').waitFor();
    await page.getByRole('tab', { name: 'Tests' }).click();
    const told = page.frameLocator('#answer iframe');
    await told.getByText('2 passed').first().waitFor();
    const text = await rules(page).innerText();
    await write(page, text.replaceAll('\n\n', '\n').replace('orders >= 50 per month', 'orders >= 60 per month').replace('orders < 50 per month', 'orders < 60 per month'));
    await page.getByRole('tab', { name: 'Answer' }).click();
    await page.waitForTimeout(600);
    await page.getByRole('tab', { name: 'Changes' }).click();
    await told.getByText(/own_shop|Own shop/).first().waitFor();
    await told.getByText(/50/).first().waitFor();
    await page.getByRole('tab', { name: 'Tests' }).click();
    await told.getByText('1 failed').first().waitFor();
    await page.getByRole('tab', { name: 'Report' }).click();
    await told.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Print' }).waitFor();
    // All is taken back.
    await page.getByRole('button', { name: 'As opened' }).click();
    await answered(page);
    assert.match(await rules(page).innerText(), />= 50 per month/);
    await leave(page);
  },

  async link(browser) {
    const page = await open(browser);
    await answered(page);
    await type(page, '# 渠道 <b>😀</b>\n');
    const field = page.locator('#form fieldset.bool').first();
    await field.locator('label', { hasText: 'Yes' }).click();
    await page.waitForTimeout(500);
    const before = await page.locator('#answer .targets').first().innerText();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.waitForFunction(() => location.hash.startsWith('#s='));
    const { hash } = new URL(page.url());
    // What ships is named, not carried.
    assert.ok(hash.length < 4000, `${hash.length}`);
    await leave(page);
    const again = await open(browser, hash);
    await answered(again);
    assert.match(await rules(again).innerText(), /^# 渠道 <b>😀<\/b>/);
    await again.waitForFunction(text => document.querySelector('#answer .targets').innerText === text, before);
    await leave(again);
    const broken = await open(browser, '#s=AAAA');
    await broken.getByRole('status').filter({ hasText: 'cannot be read' }).waitFor();
    await leave(broken);
  },

  async files(browser) {
    const page = await open(browser);
    await answered(page);
    writeFileSync(join(folder, 'shop.qd'), SHOP);
    writeFileSync(join(folder, 'big.yaml'), 'orders: 100\n');
    await page.locator('#open').setInputFiles([join(folder, 'shop.qd'), join(folder, 'big.yaml')]);
    await page.locator('#answer', { hasText: 'Own shop: recommended.' }).waitFor();
    assert.equal(await page.locator('#profiles').inputValue(), 'big.yaml');
    const wanted = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save all' }).click();
    const saved = join(folder, 'saved.zip');
    await (await wanted).saveAs(saved);
    await page.getByLabel('Example').selectOption('licence');
    await page.getByRole('tab', { name: 'licence.qd' }).waitFor();
    await answered(page);
    await page.locator('#open').setInputFiles(saved);
    await page.locator('#answer', { hasText: 'Own shop: recommended.' }).waitFor();
    assert.equal((await rules(page).innerText()).split('\n')[0], SHOP.split('\n')[0]);
    // A file that is no text, and one that begins no ruleset.
    writeFileSync(join(folder, 'bad.qd'), Buffer.from([0xff, 0xfe, 0x00, 0xd8]));
    await page.locator('#open').setInputFiles(join(folder, 'bad.qd'));
    await page.getByText('bad.qd cannot be read as text.').waitFor();
    await leave(page);
  },

  async interview(browser) {
    const page = await open(browser);
    await answered(page);
    await page.getByRole('button', { name: 'Interview' }).click();
    await page.getByRole('button', { name: 'One at a time' }).click();
    const legend = page.locator('form.card legend');
    const seen = [];
    // The first is left without an answer, which is told.
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('alert').filter({ hasText: 'Choose an answer' }).waitFor();
    for (let count = 0; count < 60; count += 1) {
      await page.waitForFunction(() => document.querySelector('form.card legend, .interview h2'));
      if (!(await legend.count())) break;
      const asked = await legend.innerText();
      assert.ok(!seen.includes(asked), asked);
      seen.push(asked);
      assert.match(await page.locator('.because').innerText(), /^Why this is asked: ./);
      const confirm = page.getByRole('button', { name: 'Yes, that is right' });
      const choice = page.locator('form.card .choice').first();
      if (await confirm.count()) await confirm.click();
      else if (count % 4 !== 3 && await choice.count()) {
        await choice.click();
        await page.getByRole('button', { name: 'Next' }).click();
      } else await page.getByRole('button', { name: "I don't know" }).click();
      await page.waitForFunction(text => document.querySelector('form.card legend')?.innerText !== text, asked);
      if (count === 2) {
        // Back, and forth again: the answer stands.
        const now = await legend.innerText();
        await page.getByRole('button', { name: 'Back' }).click();
        await page.waitForFunction(text => document.querySelector('form.card legend')?.innerText === text, asked);
        assert.equal(await page.locator('form.card input:checked').count(), 1);
        await page.getByRole('button', { name: /Next|right/ }).click();
        await page.waitForFunction(text => document.querySelector('form.card legend')?.innerText === text, now);
        assert.match(await page.locator('.progress').innerText(), /still needed/);
      }
    }
    assert.ok(seen.length > 5, seen.join('\n'));
    const more = page.getByRole('button', { name: 'To the answer' });
    if (await more.count()) await more.click();
    await page.getByRole('heading', { name: 'The answer' }).waitFor();
    await page.frameLocator('iframe').getByRole('heading', { level: 1 }).waitFor();
    const wanted = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the answers' }).click();
    const saved = join(folder, 'me.yaml');
    await (await wanted).saveAs(saved);
    assert.ok(readFileSync(saved, 'utf8').split('\n').length > 3);
    // One answer is changed, then all is on one page.
    await page.getByRole('button', { name: `Change the answer to: ${seen[0]}` }).click();
    await page.waitForFunction(text => document.querySelector('form.card legend')?.innerText === text, seen[0]);
    await page.locator('form.card .choice').last().click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction(text => document.querySelector('form.card legend')?.innerText !== text, seen[0]);
    await page.getByRole('button', { name: 'Interview' }).click();
    await page.getByLabel('Go on from saved answers…').setInputFiles(saved);
    await page.getByRole('heading', { name: /The answer|Some answers/ }).waitFor();
    await page.getByRole('button', { name: 'Interview' }).click();
    await page.getByRole('button', { name: 'All on one page' }).click();
    const fields = page.locator('#interview fieldset.field');
    await fields.first().waitFor();
    assert.ok((await fields.count()) > 10);
    assert.ok((await page.locator('#interview fieldset.wanted').count()) > 0);
    await page.locator('#interview fieldset.bool label', { hasText: 'Yes' }).first().click();
    await page.locator('#interview .progress', { hasText: 'still needed' }).waitFor();
    await page.getByRole('button', { name: 'To the answer' }).click();
    await page.frameLocator('#interview iframe').getByRole('heading', { level: 1 }).waitFor();
    await leave(page);
  },

  async chinese(browser) {
    const page = await open(browser, '', { locale: 'zh-CN' });
    await answered(page);
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh');
    assert.match(await page.locator('#answer .targets').first().innerText(), /推荐/);
    // Composed as with an input method.
    await rules(page).click();
    await page.keyboard.press('ControlOrMeta+Home');
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: 'qu', selectionStart: 2, selectionEnd: 2 });
    await session.send('Input.imeSetComposition', { text: '渠道', selectionStart: 2, selectionEnd: 2 });
    await session.send('Input.insertText', { text: '渠道' });
    await page.locator('#problems li', { hasText: '错误' }).first().waitFor();
    assert.match(await rules(page).innerText(), /^渠道/);
    await page.keyboard.press('ControlOrMeta+Z');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.locator('#answer .targets', { hasText: 'recommended' }).waitFor();
    await leave(page);
  },

  async large(browser) {
    const page = await open(browser, '#example=cookbook/threshold');
    await answered(page);
    const parts = ['ruleset large { as of 2026-05-01 }', 'profile { a: int in 0 .. 100000 }', 'channel c', 'channel d'];
    for (let at = 0; at < 2500; at += 1) parts.push(`rule r${at} {\n  when a > ${at}\n  then score ${at % 2 ? 'c' : 'd'} +1\n}`);
    const text = `${parts.join('\n')}\n`;
    assert.ok(text.split('\n').length > 10_000);
    writeFileSync(join(folder, 'large.qd'), text);
    await page.locator('#open').setInputFiles(join(folder, 'large.qd'));
    await page.getByRole('tab', { name: 'large.qd' }).waitFor();
    await answered(page);
    const begun = Date.now();
    await type(page, '# x\n');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(' abc');
    // The page is quick whatever the engine does.
    assert.ok(Date.now() - begun < 3000, `${Date.now() - begun} ms`);
    await page.getByRole('spinbutton', { name: 'a', exact: true }).fill('7');
    await page.getByRole('spinbutton', { name: 'a', exact: true }).press('Enter');
    await page.locator('#answer', { hasText: '4 points' }).waitFor();
    await leave(page);
  },

  async stop(browser) {
    const page = await open(browser, '#example=cookbook/threshold');
    await answered(page);
    // Fifty sums that no budget goes through at once.
    const fields = Array.from({ length: 40 }, (_, at) => `f${at}: int in 0 .. 1000`).join('\n');
    const sum = Array.from({ length: 40 }, (_, at) => `f${at} * ${at + 3}`).join(' + ');
    const many = Array.from({ length: 200 }, (_, at) => `rule r${at} { when ${sum} > ${at * 997} then score c +${at % 7 + 1} }`).join('\n');
    const text = `ruleset heavy { as of 2026-05-01 }\nprofile {\n${fields}\n}\nchannel c\nchannel d\n${many}\n`;
    writeFileSync(join(folder, 'heavy.qd'), text);
    await page.locator('#open').setInputFiles(join(folder, 'heavy.qd'));
    await page.getByRole('tab', { name: 'heavy.qd' }).waitFor();
    await answered(page);
    await page.getByRole('button', { name: 'Look deeper' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    // The engine is begun anew, and answers.
    await type(page, '# on\n');
    await page.getByRole('spinbutton', { name: 'f1', exact: true }).fill('7');
    await page.getByRole('spinbutton', { name: 'f1', exact: true }).press('Enter');
    await page.locator('#tried', { hasText: '1 answer tried' }).waitFor();
    await answered(page);
    await leave(page);
  },

  async hostile(browser) {
    const page = await open(browser);
    await answered(page);
    await page.locator('#open').setInputFiles(hostile());
    await page.getByRole('tab', { name: 'hostile.qd' }).waitFor();
    await answered(page);
    await page.locator('#form fieldset.bool label', { hasText: 'Yes' }).first().click();
    await page.locator('#answer .targets summary').first().click();
    for (const tab of ['Report', 'Answer']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.waitForTimeout(300);
    }
    assert.ok((await page.locator('#answer').innerText()).includes(HOSTILE[0]));
    await page.getByRole('button', { name: 'Interview' }).click();
    await page.getByRole('button', { name: 'One at a time' }).click();
    await page.locator('form.card legend').waitFor();
    for (const frame of page.frames()) {
      assert.equal(await frame.locator('img').count(), 0);
      assert.notEqual(await frame.title(), '1');
    }
    assert.match(await page.title(), /^Qudao/);
    await leave(page);
  },

  async looks(browser) {
    for (const [name, locale] of [['en', 'en-GB'], ['zh', 'zh-CN']]) {
      const page = await open(browser, '', { locale });
      await answered(page);
      const says = text => `page ${name}: ${text}`;
      await page.locator('#answer .targets summary').first().click();
      await assertAccessible(page, says, false, `page-${name}`);
      for (const width of WIDTHS.slice(0, 2)) {
        await page.setViewportSize({ width, height: 900 });
        for (const pane of ['rules', 'profile']) {
          await page.locator(`#pane-${pane}`).click();
          await assertAccessible(page, says, false, `page-${name}-${pane}`, [width]);
        }
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.locator('#mode-interview').click();
      await page.locator('#interview button.primary').waitFor();
      await assertAccessible(page, says, false, `interview-${name}-start`);
      await page.locator('#interview button.primary').click();
      await page.locator('form.card legend').waitFor();
      await assertAccessible(page, says, false, `interview-${name}`);
      await page.locator('#mode-interview').click();
      await page.locator('#interview .buttons button').nth(1).click();
      await page.locator('#interview fieldset').first().waitFor();
      await assertAccessible(page, says, false, `interview-${name}-all`, [390, 1280]);
      await leave(page);
    }
  },

  /** What `qudao ask --html` writes; the program must have been built with the page. */
  async alone(browser) {
    writeFileSync(join(folder, 'evil.qd'), SHOP.replace('Where to sell', '</script><script>document.title=1</script>'));
    for (const [ruleset, lang] of [['wechat', 'zh'], [join(folder, 'evil.qd'), 'en'], ['wechat-today', 'en']]) {
      const file = join(folder, 'ask.html');
      execFileSync(program, ['ask', ruleset, '--html', file, '--lang', lang], { stdio: 'pipe' });
      const page = await open(browser, '', { url: pathToFileURL(file).href });
      const words = CATALOGUE[lang];
      await page.getByRole('button', { name: words.oneByOne }).click();
      const legend = page.locator('form.card legend');
      await legend.waitFor();
      assert.notEqual(await page.title(), '1');
      await assertAccessible(page, text => `alone ${lang}: ${text}`, false, `alone-${lang}`, [390]);
      for (let count = 0; count < 60; count += 1) {
        const asked = await legend.innerText();
        await page.getByRole('button', { name: words.dontKnow, exact: true }).click();
        await page.waitForFunction(text => {
          const now = document.querySelector('form.card legend');
          return now ? now.innerText !== text : document.querySelector('.interview h2');
        }, asked);
        // The words change their language, and what was answered stays.
        if (count === 1) {
          await page.getByRole('button', { name: 'English' }).click();
          await page.getByRole('button', { name: lang === 'en' ? 'English' : '中文' }).click();
          await page.getByRole('button', { name: words.oneByOne }).click();
          await page.locator('.answers dd').nth(1).waitFor();
        }
        if (!(await legend.count())) break;
      }
      const more = page.getByRole('button', { name: words.done });
      if (await more.count()) await more.click();
      await page.getByRole('heading', { name: words.yourAnswer }).waitFor();
      const inside = page.frameLocator('#interview iframe');
      await inside.getByRole('heading', { level: 1 }).waitFor();
      await leave(page);
    }
  },

  async served(browser) {
    const server = createServer((request, answer) => {
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(readFileSync(join(built, 'index.html')));
    }).listen(0, '127.0.0.1');
    await new Promise(done => server.once('listening', done));
    const url = `http://127.0.0.1:${server.address().port}/`;
    const page = await open(browser, '', { url });
    await answered(page);
    // Once it is loaded, the network may go.
    await page.context().setOffline(true);
    server.close();
    await type(page, '# offline\n');
    await page.locator('#form fieldset.bool label', { hasText: 'Yes' }).first().click();
    await page.locator('#tried', { hasText: '1 answer tried' }).waitFor();
    await leave(page);
  },

  async words() {
    const shape = (of, at = '') => Object.entries(of).flatMap(([key, value]) => (typeof value === 'object'
      ? shape(value, `${at}${key}.`) : [`${at}${key} ${typeof value}${typeof value === 'function' ? value.length : ''}`])).sort();
    assert.deepEqual(shape(CATALOGUE.zh), shape(CATALOGUE.en));
    const sources = readdirSync(join(root, 'src/web/page/src')).filter(name => name.endsWith('.js') && name !== 'words.js');
    const used = sources.map(name => readFileSync(join(root, 'src/web/page/src', name), 'utf8')).join('\n');
    const unused = Object.keys(CATALOGUE.en).filter(key => !new RegExp(`words\\.${key}\\b`).test(used) && !['name', 'rules', 'profile', 'answer', 'tests', 'changes', 'report'].includes(key));
    assert.deepEqual(unused, [], 'words that nobody says');
  },
};

await run(Object.entries(flows).map(([name, flow]) => ({ name, flow })), async (browser, { name, flow }) => {
  await flow(browser);
  console.log(`${name}: ok`);
});
