/**
 * A small server for dist/ on loopback, as strict as a host for static files can be told to be.
 *
 * The policy forbids everything that the page does not need, inline styles and scripts foremost. The one address beyond
 * its own files is `blob:` for the worker: in an iframe with an opaque origin the worker starts from a Blob of its
 * text. Any origin may read the files, because such an iframe asks for its own modules as the origin `null`.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { root } from './install.mjs';

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const mediaTypes = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * Serves a folder and resolves to the address once it answers.
 *
 * @param {{ host: string, port: number, mayMove: boolean, folder?: string }} where `mayMove`: take a free port when
 *   this one is taken; `folder`: dist/ when none is named.
 * @returns {Promise<string>} the page's address. Rejects with Node's own error when the port or host cannot be had.
 */
export function serve({ host, port, mayMove, folder = join(root, 'dist') }) {
  const server = createServer((request, response) => answer(folder, request, response));
  return new Promise((resolve, reject) => {
    server.on('error', (error) => {
      if (error.code !== 'EADDRINUSE' || !mayMove || port === 0) reject(error);
      else resolve(serve({ host, port: 0, mayMove, folder }));
    });
    server.listen(port, host, () => {
      const name = host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${server.address().port}/`);
    });
  });
}

function answer(folder, request, response) {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const file = fileFor(folder, request.url);
  if (file === undefined) return refuse(response, 404);

  response.setHeader('Content-Type', mediaTypes[extname(file.path)] ?? 'application/octet-stream');
  response.setHeader('Content-Length', file.size);
  // The names under assets/ carry a hash of the content; everything else is asked for anew.
  const isHashed = file.path.includes(`${sep}assets${sep}`);
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.method === 'HEAD') return response.end();
  return createReadStream(file.path).pipe(response);
}

/** The file in the folder that an address names; no address leads out of it or to a hidden file. */
function fileFor(folder, address) {
  try {
    const path = normalize(join(folder, decodeURIComponent(new URL(address, 'http://localhost').pathname)));
    if (!`${path}${sep}`.startsWith(`${folder}${sep}`) || path.slice(folder.length).includes(`${sep}.`))
      return undefined;
    const found = statSync(path);
    if (found.isFile()) return { path, size: found.size };
    const index = join(path, 'index.html');
    return { path: index, size: statSync(index).size };
  } catch {
    return undefined;
  }
}

function refuse(response, status) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(status === 404 ? 'There is no such file.\n' : 'Only GET and HEAD are answered.\n');
}
