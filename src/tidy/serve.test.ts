import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../../scripts/serve.mjs';

const folder = join(mkdtempSync(join(tmpdir(), 'glassdock-')), 'dist');
mkdirSync(join(folder, 'assets'), { recursive: true });
mkdirSync(join(folder, '.vite'));
writeFileSync(join(folder, 'index.html'), '<title>Glassdock</title>');
writeFileSync(join(folder, 'assets/page-1a2b3c4d.js'), 'export {};');
writeFileSync(join(folder, '.vite/manifest.json'), '{}');
writeFileSync(join(folder, '../secret.txt'), 'secret');

const loopback = { host: '127.0.0.1', port: 0, mayMove: true, folder };

test('the page comes with a policy that allows no inline code, and any origin may read its modules', async () => {
  const address = await serve(loopback);

  const page = await fetch(address);
  const script = await fetch(`${address}assets/page-1a2b3c4d.js`);

  expect(await page.text()).toBe('<title>Glassdock</title>');
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('access-control-allow-origin')).toBe('*');
});

test('no address leads out of the folder or to a hidden file', async () => {
  const address = await serve(loopback);

  // `fetch` would tidy these addresses up before it sends them.
  const paths = ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/.vite/manifest.json', '/%', '/nothing'];
  const statuses = await Promise.all(paths.map((path) => statusOf(address, path)));

  expect(statuses).toEqual(paths.map(() => 404));
});

test('a taken port is left alone, and a free one is taken unless the port was asked for', async () => {
  const first = await serve(loopback);
  const port = Number(new URL(first).port);

  const second = await serve({ ...loopback, port });

  expect(new URL(second).port).not.toBe(String(port));
  await expect(serve({ ...loopback, port, mayMove: false })).rejects.toThrow('EADDRINUSE');
});

function statusOf(address: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}
