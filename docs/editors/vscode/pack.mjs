// Bundles the extension; without `build`, packs it too, into a file that `code --install-extension` takes.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';

const home = import.meta.dirname;
rmSync(join(home, 'dist'), { recursive: true, force: true });
const shared = { absWorkingDir: home, bundle: true, format: 'cjs', external: ['vscode'], minify: true, target: 'es2022', logLevel: 'warning' };
await build({ ...shared, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', platform: 'node' });
await build({ ...shared, entryPoints: ['src/browser.ts'], outfile: 'dist/browser.js', platform: 'browser' });

if (process.argv[2] !== 'build') {
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const words = JSON.parse(readFileSync(join(home, 'package.nls.json'), 'utf8'));
  const escape = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const property = (id, value) => `<Property Id="Microsoft.VisualStudio.${id}" Value="${escape(value)}"/>`;
  const asset = (type, path) => `<Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${path}" Addressable="true"/>`;
  const files = {};
  const packed = ['README.md', 'LICENSE-APACHE', 'LICENSE-MIT', 'dist', 'icons', 'l10n', 'language-configuration.json', 'package.json',
    'package.nls.json', 'package.nls.zh-cn.json', 'snippets', 'syntaxes', 'walkthrough'];
  const add = (path, from = join(home, path)) => {
    files[`extension/${path}`] = readFileSync(from);
  };
  for (const path of packed) {
    if (path.startsWith('LICENSE')) add(path, join(home, '..', '..', '..', path));
    else if (path.includes('.')) add(path);
    else readdirSync(join(home, path)).forEach(name => add(`${path}/${name}`));
  }
  files['[Content_Types].xml'] = strToU8(`<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${[...new Set(Object.keys(files).map(path => path.match(/\.(\w+)$/)?.[1]))]
    .filter(Boolean)
    .map(ending => `<Default Extension=".${ending}" ContentType="${ending === 'json' ? 'application/json' : 'application/octet-stream'}"/>`)
    .join('')}<Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>
`);
  files['extension.vsixmanifest'] = strToU8(`<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"/>
    <DisplayName>${escape(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${escape(words.description)}</Description>
    <Categories>${manifest.categories.join(',')}</Categories>
    <License>extension/LICENSE-MIT</License>
    <Icon>extension/${manifest.icon}</Icon>
    <Properties>
      ${property('Code.Engine', manifest.engines.vscode)}
      ${property('Code.ExtensionKind', 'workspace,web')}
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    ${asset('Code.Manifest', 'package.json')}
    ${asset('Services.Content.Details', 'README.md')}
    ${asset('Services.Icons.Default', manifest.icon)}
  </Assets>
</PackageManifest>
`);
  const out = join(home, `${manifest.name}-${manifest.version}.vsix`);
  writeFileSync(out, zipSync(files, { level: 9 }));
  console.log(out);
}
