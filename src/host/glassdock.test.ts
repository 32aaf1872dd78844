import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { boot } from './glassdock.ts';
import type { GlassdockProcess } from './glassdock.ts';

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
  expect(await outputOf(shell)).toContain('\r\n42\r\n');
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
  await expect(machine.fs.mkdir('/root/a/b/c', { recursive: true })).rejects.toThrow('EEXIST');
  await machine.fs.rm('/root/a', { recursive: true });
  await expect(machine.fs.readFile('/root/a/b/c')).rejects.toThrow('ENOENT: No such file or directory, /root/a/b/c');
});

async function outputOf({ output }: GlassdockProcess): Promise<string> {
  const reader = output.getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value ?? '';
  return text;
}

test('a command that has ended takes no time with it: what it started is still there', async () => {
  const machine = await boot({ images: ['busybox'] });
  await machine.spawn('docker', ['run', '-d', '--name', 'web', 'busybox', 'sleep', '30']);
  const statuses = () => machine.report().containers.map(({ status, exitCode }) => ({ status, exitCode }));
  expect(statuses()).toEqual([{ status: 'running', exitCode: 0 }]);
  machine.advance('31s');
  expect(statuses()).toEqual([{ status: 'exited', exitCode: 0 }]);
  expect(() => machine.advance('soon')).toThrow("a duration is like 1m30s or 500ms, not 'soon'");
  expect(() => machine.advance(Infinity)).toThrow(RangeError);
});

test('words and environment are text, whatever the language', async () => {
  const machine = await boot();
  const shell = await machine.spawn('sh', ['-c', 'echo $SIZE "$1"', 'sh', 'größer'], { env: { SIZE: '大' } });
  expect(await outputOf(shell)).toBe('大 größer\r\n');
});

test('signals, sizes and keys after the end are lost, and an output that nobody wants stops nothing', async () => {
  const machine = await boot();
  const sleep = await machine.spawn('sleep', ['1000']);
  sleep.kill('SIGINT');
  expect(await sleep.exit).toBe(130);
  sleep.kill();
  sleep.resize({ cols: 10, rows: 10 });
  await sleep.input.getWriter().write('x');
  const shell = await machine.spawn('sh', [], { terminal: { cols: 100, rows: 30 } });
  shell.resize({ cols: 50, rows: 20 });
  await shell.input.getWriter().write('stty size; exit 4\n');
  expect(await outputOf(shell)).toContain('\r\n20 50\r\n');
  const unheard = await machine.spawn('sh');
  await unheard.output.cancel();
  await unheard.input.getWriter().write('echo hello; exit 5\n');
  expect(await unheard.exit).toBe(5);
});

test('who listens may ask something of the machine, and a mistake of theirs comes back to the caller', async () => {
  const machine = await boot();
  const programs: string[] = [];
  const stop = machine.on('journal', (event) => {
    if (event.type !== 'task.exec') return;
    programs.push(event.comm);
    if (event.comm === 'true') void machine.spawn('false');
  });
  await machine.spawn('true');
  stop();
  expect(programs).toEqual(['true', 'false']);
  machine.on('journal', () => {
    throw new Error('mine');
  });
  await expect(machine.spawn('true')).rejects.toThrow('mine');
  expect(machine.journal.some((event) => event.type === 'note' && event.topic === 'fault')).toBe(false);
});

test('two machines know nothing of each other', async () => {
  const [one, other] = [await boot({ seed: 1 }), await boot({ seed: 1 })];
  await one.fs.writeFile('/root/mine', 'x');
  await expect(other.fs.readFile('/root/mine')).rejects.toThrow('ENOENT');
  expect(other.report()).toEqual((await boot({ seed: 1 })).report());
});

test('a machine that was torn down has its journal and its report, and nothing may be asked of it', async () => {
  const machine = await boot();
  const sleep = await machine.spawn('sleep', ['1000']);
  machine.teardown();
  machine.teardown();
  expect(await sleep.exit).toBe(137);
  expect(machine.report().tasks.map(({ role }) => role)).toContain('sleep');
  expect(() => machine.advance(1)).toThrow('torn down');
  expect(() => sleep.kill()).toThrow('torn down');
  await expect(machine.spawn('true')).rejects.toThrow('torn down');
  await expect(machine.fs.readFile('/etc/hostname')).rejects.toThrow('torn down');
});
