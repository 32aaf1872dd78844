import { expect, test } from 'vitest';
import type { Report } from '../journal/report.ts';
import { glassdock } from './command.ts';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: ReadonlyMap<string, string>;
}

/** The command with these words, on a real machine that has these files. */
function run(words: readonly string[], given: Readonly<Record<string, string>> = {}): Ran {
  const files = new Map(Object.entries(given));
  const written = { 1: '', 2: '' };
  const exitCode = glassdock(words, {
    readFile: (path) => {
      const text = files.get(path);
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return Buffer.from(text);
    },
    writeFile: (path, text) => files.set(path, text),
    claimFile: (path) => {
      if (path.startsWith('/')) throw new Error(`EACCES: permission denied, open '${path}'`);
    },
    write: (fd, bytes) => {
      written[fd] += bytes.toString();
    },
  });
  return { exitCode, stdout: written[1], stderr: written[2], files };
}

/** Runs commands quietly; returns what there is at the end. */
function reportOf(commands: string): Report {
  return JSON.parse(run(['run', '--report', 'r', '-c', commands]).files.get('r') ?? '') as Report;
}

const containersOf = ({ containers }: Report) =>
  containers.map(({ name, status, exitCode }) => ({ name, status, exitCode }));

test('standard output, standard error and the exit code are the script’s own', () => {
  expect(run(['run', '-c', 'echo größer\necho wrong >&2\nexit 7'])).toMatchObject({
    stdout: 'größer\n',
    stderr: 'wrong\n',
    exitCode: 7,
  });
});

test('a script is a file; it finds itself under its name', () => {
  expect(run(['run', 'a/hello.sh'], { 'a/hello.sh': 'echo $0 $#\n' }).stdout).toBe('/root/hello.sh 0\n');
});

const refused: readonly (readonly [words: string, sentence: string])[] = [
  ['run', "give either -c 'COMMANDS' or a SCRIPT"],
  ['run -c true script', "give either -c 'COMMANDS' or a SCRIPT"],
  ['run one two', 'one script at a time: two is too much'],
  ['run --bogus -c true', "Unknown option '--bogus'"],
  ['run -c', "Option '-c' argument missing"],
  ['run -c true -c false', '-c may be given once; several lines in it are fine'],
  ['run --for -5s -c true', "Option '--for' needs a value, and what follows it begins with a dash"],
  ['run --journal /root/j -c true', "EACCES: permission denied, open '/root/j'"],
  ['run missing.sh', "cannot read the script: ENOENT: no such file or directory, open 'missing.sh'"],
  ['run --for 90 -c true', "--for takes a duration like 1m30s or 500ms, not '90'"],
  ['run --seed 0x1 -c true', "--seed takes a whole number from 0 to 4294967295, not '0x1'"],
  ['frobnicate', "'frobnicate' is not a glassdock command; there is one: run"],
];

for (const [words, sentence] of refused) {
  test(`glassdock ${words}: ${sentence}`, () => {
    const { exitCode, stdout, stderr } = run(words.split(' '));
    expect({ exitCode, stdout, stderr: stderr.split('\n')[0] }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `glassdock: ${sentence}`,
    });
  });
}

test('a foreground that never ends stops at --for, with a sentence and 124', () => {
  expect(run(['run', '--for', '1m30s', '-c', 'echo begun; sleep 100'])).toMatchObject({
    exitCode: 124,
    stdout: 'begun\n',
    stderr: 'glassdock: the foreground was still running after 1m30s of virtual time; stopped (--for)\n',
  });
});

test('the report tells the time at which the run was stopped, though nothing happened for long', () => {
  const { files } = run(['run', '--for', '1m30s', '--report', 'r', '-c', 'sleep infinity']);
  const [stopped, exitCode] = [JSON.parse(files.get('r') ?? '') as Report].flatMap((report) => [
    report.virtualTimeNs,
    report.exitCode,
  ]);
  expect(exitCode).toBe(124);
  expect(stopped).toBeGreaterThanOrEqual(90e9);
  expect(stopped).toBeLessThan(92e9);
});

test('a busy loop ends after a day of virtual time, long before anybody’s patience', () => {
  expect(run(['run', '-c', 'while :; do :; done'])).toMatchObject({ exitCode: 124 });
}, 120_000);

test('sleeps are not waited for: background jobs and containers are left alive', () => {
  const { virtualTimeNs, tasks } = reportOf('docker run -d --name web busybox sleep 1000; sleep 500 &');
  expect(virtualTimeNs).toBeLessThan(10e9);
  expect(tasks.map(({ role }) => role)).toEqual(['systemd', 'containerd', 'dockerd', 'shim:web', 'init:web', 'sleep']);
});

test('what is asked of the engine when the shell ends comes to its end: a pull, a start, a stop', () => {
  expect(containersOf(reportOf('docker run -d --name web nginx &'))).toEqual([
    { name: 'web', status: 'running', exitCode: 0 },
  ]);
  expect(containersOf(reportOf('docker run -d --name web busybox sleep 1000; docker stop web &'))).toEqual([
    { name: 'web', status: 'exited', exitCode: 137 },
  ]);
});

test('two who need the same image at the same time wait for one download, and both get it', () => {
  const { stdout, stderr } = run([
    'run',
    '-c',
    'docker run --rm nginx true & docker run --rm nginx true & wait; docker images -q',
  ]);
  const lines = stderr.split('\n');
  const [layer = ''] = lines.flatMap((line) => /^[0-9a-f]{12}(?=: Pull complete$)/.exec(line)?.[0] ?? []);
  expect(lines.filter((line) => line === `${layer}: Pull complete`)).toHaveLength(2);
  expect(lines.filter((line) => line === 'Status: Downloaded newer image for nginx:latest')).toHaveLength(2);
  expect(stdout).toMatch(/^[0-9a-f]{12}\n$/);
});

test('a container whose shim was killed is started again, with another shim', () => {
  const report = reportOf(
    'docker run -d --name web busybox sleep 1000; kill -9 $(pgrep -x containerd-shim); sleep 1; docker start web',
  );
  expect(report.containers).toMatchObject([{ name: 'web', status: 'running', exitCode: 0 }]);
  expect(report.tasks.map(({ role }) => role)).toEqual(['systemd', 'containerd', 'dockerd', 'shim:web', 'init:web']);
});

test('a container that prints for ever is not waited for', () => {
  for (const program of ['yes', 'sh -c "while :; do echo tick; done"']) {
    const report = reportOf(`docker run -d --name web busybox ${program}`);
    expect(containersOf(report)).toEqual([{ name: 'web', status: 'running', exitCode: 0 }]);
    expect(report.virtualTimeNs).toBeLessThan(10e9);
  }
});

test('a shell that a signal ends has 128 and the signal’s number as its exit code, in the report too', () => {
  for (const [signal, code] of [
    ['USR1', 138],
    ['ABRT', 134],
    ['RTMIN+3', 165],
  ] as const) {
    const ran = run(['run', '--report', 'r', '-c', `kill -${signal} $$`]);
    expect([ran.exitCode, (JSON.parse(ran.files.get('r') ?? '') as Report).exitCode]).toEqual([code, code]);
  }
});

test('an event told as JSON has its nanoseconds as a number', () => {
  const { stdout } = run([
    'run',
    '-c',
    "docker pull -q busybox; sleep 1; docker events --since 1m --until 0s --format '{{json .}}'",
  ]);
  expect(stdout).toMatch(/"timeNano":\d{19}\}\n$/);
});

test('a beginning that several ids have is refused, by docker inspect and docker rm -f too', () => {
  const { stdout, stderr } = run([
    'run',
    '-c',
    'docker pull -q busybox >/dev/null; for i in $(seq 40); do docker create busybox >/dev/null; done; ' +
      'beginning=$(docker ps -aq | cut -c1 | sort | uniq -d | head -n 1); ' +
      'docker inspect $beginning 2>&1; docker rm -f $beginning; echo $?',
  ]);
  expect(stdout).toMatch(/^\[\]\nError response from daemon: multiple IDs found with provided prefix: .\n1\n$/);
  expect(stderr).toMatch(/^Error response from daemon: multiple IDs found with provided prefix: .\n$/);
});

const scenario = '# scenario: a file\nimages busybox\n$ echo hello > greeting; cat greeting\nexpect hello\n';

test('a scenario is played; its exit code says whether all was seen that it expects', () => {
  expect(run(['run', 's'], { s: scenario })).toMatchObject({ exitCode: 0, stderr: '' });
  const disappointed = run(['run', 's'], { s: `${scenario}expect goodbye\n` });
  expect(disappointed.exitCode).toBe(1);
  expect(disappointed.stderr).toContain('glassdock: s:5: terminal 1 did not show "goodbye"; it showed:\n');
  expect(run(['run', 's'], { s: `${scenario}jump\n` })).toMatchObject({ exitCode: 2, stdout: '' });
});

test('a run is told as prose', () => {
  const { files } = run(['run', '--story', 'story', 's'], { s: scenario });
  expect(files.get('story')).toBe(
    '$ echo hello > greeting; cat greeting\n  The shell forks, and its child becomes cat.\n' +
      '  The shell reaps cat and shows its prompt again.\n',
  );
});

test('the host is the Debian that docker info tells of, and root’s home is root’s', () => {
  const { stdout } = run([
    'run',
    '-c',
    '. /etc/os-release; docker info --format "{{.OperatingSystem}}"; echo "$PRETTY_NAME"; ls -ld /root | cut -c1-10',
  ]);
  expect(stdout).toBe('Debian GNU/Linux 13 (trixie)\nDebian GNU/Linux 13 (trixie)\ndrwx------\n');
});
