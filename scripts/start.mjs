/** `npm start`: installs what is missing, builds when a source is newer than the build, serves the page on loopback. */
import { parseArgs } from 'node:util';
import { ensurePage } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { serve } from './serve.mjs';

const usualPort = 4170;
const usage = `Usage: npm start -- [--port PORT] [--host HOST]

  --port PORT  the port to serve on (${usualPort}, or a free one when that is taken)
  --host HOST  the address to listen on (127.0.0.1)`;

requireNode();
try {
  const { port, host } = readOptions();
  ensureInstalled();
  ensurePage();
  const address = await serve({ host, port: port ?? usualPort, mayMove: port === undefined });
  console.log(`Glassdock is served at ${address} (Ctrl-C ends it)`);
} catch (failure) {
  console.error(sentenceFor(failure));
  process.exit(1);
}

function readOptions() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(usage);
    process.exit(0);
  }
  // Without the `--` npm keeps the options for itself and tells them in the environment.
  const portText = values.port ?? process.env.npm_config_port;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`--port takes a number from 0 to 65535, not "${portText}"`);
  }
  return { port, host: values.host ?? process.env.npm_config_host ?? '127.0.0.1' };
}

function sentenceFor(failure) {
  if (failure.code === 'EADDRINUSE') return `Port ${failure.port} is taken; leave --port out and a free one is found.`;
  if (failure.code === 'EACCES') return `Port ${failure.port} is not yours to open; choose one above 1023.`;
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(failure.code)) {
    return `This machine has no address "${failure.address ?? failure.hostname}" to listen on.`;
  }
  return String(failure.code).startsWith('ERR_PARSE_ARGS') ? `${failure.message}\n\n${usage}` : failure.message;
}
