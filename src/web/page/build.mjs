// Builds the page: `index.html`, the playground, and `interview.html`, into which `qudao ask --html` puts a ruleset. Each is
// one file that asks for nothing, so that a web server, a folder or a stick can carry it.
//
//     cd FOLDER_WITH_NODE_MODULES && node …/build.mjs ENGINE.wasm FOLDER
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const modules = join(process.cwd(), 'node_modules');
const { build } = createRequire(join(modules, 'x'))('esbuild');

const home = fileURLToPath(new URL('.', import.meta.url));
const [engine, folder] = process.argv.slice(2);

/** What a page shares with reports: its colours and its type stand in one place. */
const report = readFileSync(join(home, '..', '..', 'telling', 'document', 'html', 'report.css'), 'utf8');
const palette = report.slice(0, report.indexOf('* { box-sizing'));

/** The examples of the cookbook: the blocks of each page that are files. */
function cookbook() {
  const pages = join(home, '..', '..', '..', 'docs', 'cookbook');
  const all = {};
  for (const page of readdirSync(pages).filter(name => name.endsWith('.md') && name !== 'README.md').sort()) {
    const text = readFileSync(join(pages, page), 'utf8');
    const files = {};
    for (const [, name, content] of text.matchAll(/^```(?:qudao|yaml|csv) (\S+)\n([\s\S]*?)^```$/gm)) files[name] = content;
    if (Object.keys(files).some(name => name.endsWith('.qd'))) {
      all[page.slice(0, -3)] = { title: /^# (.*)$/m.exec(text)[1], files };
    }
  }
  return all;
}

const bundle = async (entry, virtual = {}) => {
  const plugin = {
    name: 'made',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(worker|cookbook):$/ }, ({ path }) => ({ path, namespace: 'made' }));
      onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => virtual[path]);
    },
  };
  const made = await build({
    entryPoints: [join(home, 'src', entry)], bundle: true, minify: true, write: false, format: 'iife', target: 'es2022',
    charset: 'utf8', legalComments: 'none', plugins: [plugin], nodePaths: [modules],
  });
  return made.outputFiles[0].text;
};

const bytes = gzipSync(readFileSync(engine), { level: 9 }).toString('base64');
const worker = await bundle('worker.js');
const virtual = {
  'worker:': { contents: worker, loader: 'text' },
  'cookbook:': { contents: JSON.stringify(cookbook()), loader: 'json' },
};
const style = `${palette}${readFileSync(join(home, 'src', 'style.css'), 'utf8')}`;

mkdirSync(folder, { recursive: true });
for (const [name, entry] of [['index', 'main.js'], ['interview', 'standalone.js']]) {
  const script = await bundle(entry, virtual);
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end its own element');
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; `
    + "worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'";
  const parts = { policy, style, script, engine: bytes };
  const page = readFileSync(join(home, 'src', `${name}.html`), 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, part) => parts[part]);
  writeFileSync(join(folder, `${name}.html`), page);
}
