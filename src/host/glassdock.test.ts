import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { boot } from './glassdock.ts';

/** Runs the code block of a document that holds `marker`, with `console.log` caught. */
async function runExample(document: string, marker: string): Promise<readonly unknown[]> {
  const blocks = [...readFileSync(document, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
  const code = blocks.find((block) => block.includes(marker))?.replace(/^import .*\n/m, '') ?? '';
  expect(code).not.toBe('');
  const printed: unknown[] = [];
  const AsyncFunction = Object.getPrototypeOf(runExample).constructor as new (
    ...names: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('boot', 'console', code)(boot, { log: (value: unknown) => printed.push(value) });
  return printed;
}

test('the README’s example runs: the exit code, and every change of parents', async () => {
  const [code, reparentings] = await runExample('README.md', 'machine.spawn');
  expect(code).toBe(0);
  expect(reparentings).toMatchObject([
    { op: 'reparent', from: expect.stringMatching(/^shim-start:/), to: 'systemd', because: 'namespace-init' },
    {
      op: 'reparent',
      from: expect.stringMatching(/^runc-create:/),
      to: expect.stringMatching(/^shim:/),
      because: 'subreaper',
    },
  ]);
});

test('a spawned process is typed into, shows what it prints, and ends as it is told', async () => {
  const machine = await boot();
  const shell = await machine.spawn('sh', [], { terminal: { cols: 80, rows: 24 } });
  const writer = shell.input.getWriter();
  await writer.write('echo $((40 + 2)); exit 7\n');
  expect(await shell.exit).toBe(7);
  const reader = shell.output.getReader();
  let output = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) output += part.value ?? '';
  expect(output).toContain('\r\n42\r\n');
});

test('a program that there is not ends with 127, as in a shell', async () => {
  const machine = await boot();
  expect(await (await machine.spawn('nosuchprogram')).exit).toBe(127);
});

test('sleeps pass with advance, not by themselves', async () => {
  const machine = await boot();
  const sleep = await machine.spawn('sleep', ['3600']);
  let ended = false;
  void sleep.exit.then(() => {
    ended = true;
  });
  await Promise.resolve();
  expect(ended).toBe(false);
  machine.advance(3600e9);
  expect(await sleep.exit).toBe(0);
});

test('files are read, written, listed and removed from outside, and errors name the path', async () => {
  const machine = await boot();
  await machine.fs.mkdir('/root/a/b', { recursive: true });
  await machine.fs.writeFile('/root/a/b/c', 'größer\n');
  expect(await machine.fs.readFile('/root/a/b/c', 'utf-8')).toBe('größer\n');
  expect(await machine.fs.readdir('/root/a')).toEqual(['b']);
  await machine.fs.rm('/root/a', { recursive: true });
  await expect(machine.fs.readFile('/root/a/b/c')).rejects.toThrow('ENOENT: No such file or directory, /root/a/b/c');
});

test('nothing may be asked of a machine that was torn down', async () => {
  const machine = await boot();
  machine.teardown();
  expect(() => machine.advance(1)).toThrow('torn down');
});
