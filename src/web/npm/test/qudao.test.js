// The package says what the program says, for every ruleset and profile that ships.
//
// `QUDAO` is the program (default: the debug build).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { QudaoError, start } from 'qudao';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const program = process.env.QUDAO ?? join(root, 'target', 'debug', 'qudao');
const rulesets = join(root, 'rulesets');
const TODAY = '2026-03-01';
const qudao = await start();

const run = (...args) => execFileSync(program, args, { cwd: rulesets, encoding: 'utf8', maxBuffer: 1 << 28 });

function files(name) {
  const found = {};
  const read = folder => readdirSync(join(rulesets, folder), { withFileTypes: true }).forEach(entry => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) read(path);
    else found[path] = readFileSync(join(rulesets, path), 'utf8');
  });
  read(name);
  return { files: found, main: `${name}/${name}.qd` };
}

for (const name of qudao.bundled()) {
  test(`${name}: decisions`, () => {
    const texts = files(name);
    const ruleset = qudao.load(texts);
    const profiles = Object.keys(texts.files).filter(path => /\/(profiles|questions)\/.*\.(yaml|json|toml)$/.test(path)).sort();
    assert.ok(profiles.length > 5);
    for (const lang of ['en', 'zh']) {
      const lines = run('eval', texts.main, ...profiles, '--json', '--as-of', TODAY, '--lang', lang).trim().split('\n');
      assert.equal(lines.length, profiles.length);
      for (const line of lines) {
        const said = JSON.parse(line);
        const path = said.profile.file;
        const options = { name: path, asOf: TODAY, lang };
        const told = ruleset.decide(texts.files[path], options);
        assert.equal(JSON.stringify(told), JSON.stringify(said), path);
      }
    }
    ruleset.free();
    assert.throws(() => ruleset.decide({}), QudaoError);
  });

  test(`${name}: its tests pass`, () => {
    const ruleset = qudao.load({ bundled: name });
    const told = ruleset.test({ asOf: undefined, budget: 2000 });
    assert.equal(told.schema, 'qudao.test/1');
    assert.equal(told.summary.failed, 0);
    ruleset.free();
  });
}

test('an answer, a proof and a table are those of the program', () => {
  const ruleset = qudao.load(files('wechat'));
  const given = { name: 'wechat/profiles/blogger.yaml', asOf: TODAY };
  const text = readFileSync(join(rulesets, given.name), 'utf8');
  const why = run('why', 'wechat/wechat.qd', given.name, 'service', '--as-of', TODAY);
  assert.equal(ruleset.why(text, 'service', given), why);
  const json = run('why', 'wechat/wechat.qd', given.name, 'service', '--as-of', TODAY, '--json');
  assert.deepEqual(ruleset.why(text, 'service', { ...given, form: 'json' }), JSON.parse(json));
  const report = run('report', 'wechat/wechat.qd', given.name, '--as-of', TODAY);
  assert.equal(ruleset.report(text, given), report);
  const { rows, rejects } = ruleset.table('posts_per_month\n30\nmany\n', { asOf: TODAY });
  assert.match(rows, /^line,first,settled,/);
  assert.deepEqual(rejects.map(of => of.line), [3]);
});

test('a difference is that of the program', () => {
  const [old, now] = ['wechat', 'wechat-today'].map(name => qudao.load({ bundled: name }));
  const told = now.diff(old, { asOf: TODAY, budget: 1000 });
  assert.equal(told.schema, 'qudao.diff/1');
});

test('errors have their places, as JavaScript counts', () => {
  const text = 'ruleset a "渠😀" { version "1" as of 2026-01-01 }\nchannel c {}\nrule r { when x then score c +1 }\n';
  try {
    qudao.load(text);
    assert.fail('it has an error');
  } catch (error) {
    assert.ok(error instanceof QudaoError);
    const [problem] = error.problems;
    assert.equal(text.slice(problem.from, problem.to), 'x');
  }
  assert.throws(() => qudao.format('rule {'), QudaoError);
  assert.equal(qudao.format('channel   c { }\n'), 'channel c {}\n');
});

test('deep nesting and long texts are refused or answered, and the engine lives', () => {
  const nest = '('.repeat(100_000);
  const head = 'ruleset a { version "1" as of 2026-01-01 }\nprofile { b: bool }\nchannel c {}\n';
  const deep = `${head}rule r { when ${nest}b${nest.replaceAll('(', ')')} then score c +1 }\n`;
  assert.throws(() => qudao.load(deep), QudaoError);
  const not = `${head}rule r { when ${'not '.repeat(60)}b then score c +1 }\n`;
  try { qudao.load(not).decide({ b: true }); } catch (error) { assert.ok(error.problems?.length, error); }
  const chain = Array.from({ length: 2000 }, (_, at) => `let l${at + 1} = l${at} + 1`).join('\n');
  try { qudao.load(`${head}let l0 = 1\n${chain}\n`); } catch (error) { assert.ok(error.problems?.length, error); }
  const json = '['.repeat(100_000);
  const ruleset = qudao.load(`${head}rule r { when b then score c +1 }\n`);
  for (const format of ['json', 'yaml', 'toml']) assert.throws(() => ruleset.decide(json, { format }), QudaoError);
  assert.equal(ruleset.decide({ b: true }).first.target, 'c');
});

test('the package has the version of the program', () => {
  const version = of => JSON.parse(readFileSync(new URL(of, import.meta.url), 'utf8')).version;
  assert.equal(`qudao ${version('../package.json')}`, run('--version').trim());
});

test('the engine asks nothing of its host, and stays as small as it is', () => {
  const bytes = readFileSync(new URL('../qudao.wasm', import.meta.url));
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  const size = gzipSync(bytes, { level: 9 }).length;
  assert.ok(size <= 2_400_000, `${size} bytes compressed`);
  assert.ok(existsSync(new URL('../index.d.ts', import.meta.url)));
});
