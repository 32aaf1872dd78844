import { expect, test } from 'vitest';

import { parseDocker, runError, versionLine } from './arguments.ts';
import type { DockerCommand, DockerCommandLine } from './arguments.ts';
import clientErrors from './fixtures/client-errors-26.1.json' with { type: 'json' };
import commandLines from './fixtures/command-lines-26.1.json' with { type: 'json' };
import { boolFlag, listFlag, numberFlag, stringFlag } from './pflag.ts';

function parsed(...argv: string[]): DockerCommand {
  const line = parseDocker(argv, { inputIsTty: true, width: 80 });
  if (line.type !== 'run') throw new Error(line.text);
  return line;
}

function error(...argv: string[]): string {
  const line = parseDocker(argv);
  return line.type === 'error' ? `${line.exitCode} ${line.text}` : line.type;
}

test.each(clientErrors)(
  'the recorded client refuses `docker $argv` in the same words',
  ({ argv, exitCode, asksFirst, stderr }) => {
    expect({ asksFirst: false, ...parseDocker(argv) }).toEqual({ type: 'error', text: stderr, exitCode, asksFirst });
  },
);

test('every other recorded command line is a command, or something that is not modelled yet', () => {
  const strangers = commandLines.filter((argv) => {
    const line: DockerCommandLine = parseDocker(argv, { inputIsTty: true, width: 80 });
    return line.type !== 'run' && !/^glassdock: .* is not modelled yet$/m.test(line.text);
  });
  expect(strangers).toEqual([]);
});

test('a command has one name however it is spelled', () => {
  const spellings = [['ps'], ['container', 'ls'], ['container', 'list'], ['container', 'ps']];
  expect(spellings.map((argv) => parsed(...argv).command)).toEqual(Array(4).fill('container ls'));
  expect(parsed('images').command).toBe('image ls');
  expect(parsed('info').command).toBe('system info');
});

test('flags of docker run end at the image', () => {
  const { flags, args } = parsed('run', '-itd', '--name=web', '-e=A=1', '-e', '-x', 'busybox', 'ls', '-l', '--rm');
  expect(args).toEqual(['busybox', 'ls', '-l', '--rm']);
  expect([boolFlag(flags, 'detach'), boolFlag(flags, 'tty'), boolFlag(flags, 'rm')]).toEqual([true, true, false]);
  expect(stringFlag(flags, 'name')).toBe('web');
  expect(listFlag(flags, 'env')).toEqual(['A=1', '-x']);
});

test('flags of docker rm may follow the names', () => {
  const { flags, args } = parsed('rm', 'web', '-f', '--', '-odd');
  expect([args, boolFlag(flags, 'force')]).toEqual([['web', '-odd'], true]);
});

test('defaults come from the table', () => {
  const { flags } = parsed('run', 'busybox');
  expect([stringFlag(flags, 'pull'), boolFlag(flags, 'sig-proxy'), numberFlag(flags, 'memory-swappiness')]).toEqual([
    'missing',
    true,
    -1,
  ]);
  expect(stringFlag(parsed('logs', 'web').flags, 'tail')).toBe('all');
});

test('the container lives the same without --mac-address, so it is noted and the command goes on', () => {
  expect(parsed('run', '--mac-address', '92:d0:c6:0a:29:33', 'nginx').notes).toEqual([
    'glassdock: --mac-address is not modelled yet\n',
  ]);
});

test('a container would live otherwise without --userns, so the command ends', () => {
  expect(error('run', '--userns', 'host', 'nginx')).toBe('125 glassdock: --userns is not modelled yet\n');
  expect(parsed('run', '--restart', 'no', '--init=false', 'nginx').notes).toEqual([]);
});

test('a command that is not modelled is first read as the real one reads it', () => {
  expect(error('cp', 'x')).toContain('1 "docker cp" requires exactly 2 arguments.\n');
  expect(error('save', 'x')).toBe('125 glassdock: docker save is not modelled yet\n');
  expect(error('swarm', 'init')).toBe('125 glassdock: docker swarm init is not modelled yet\n');
});

test.each([
  [['run', '-Z', 'x'], "125 unknown shorthand flag: 'Z' in -Z\nSee 'docker run --help'.\n"],
  [['run', '-itZ', 'x'], "125 unknown shorthand flag: 'Z' in -Z\nSee 'docker run --help'.\n"],
  [['run', '-m'], "125 flag needs an argument: 'm' in -m\nSee 'docker run --help'.\n"],
  [['container', 'run', '--name'], "125 flag needs an argument: --name\nSee 'docker container run --help'.\n"],
  [['run', '-d='], "125 unknown shorthand flag: '=' in -=\nSee 'docker run --help'.\n"],
  [['run', '--=x'], "125 bad flag syntax: --=x\nSee 'docker run --help'.\n"],
])('docker %j is refused by pflag', (argv, text) => {
  expect(error(...argv)).toBe(text);
});

test('one argument too many or too few is told in numbers', () => {
  expect(error('ps', 'web')).toMatch(
    /^1 "docker ps" accepts no arguments\.\nSee 'docker ps --help'\.\n\nUsage: {2}docker ps /,
  );
  expect(error('attach', 'a', 'b')).toContain('"docker attach" requires exactly 1 argument.');
  expect(error('container', 'exec', 'a')).toContain('"docker container exec" requires at least 2 arguments.');
  expect(error('images', 'a', 'b')).toContain('"docker images" requires at most 1 argument.');
});

test('docker run -it needs a terminal; -dit does not, nor does -t alone', () => {
  expect(error('run', '-it', 'busybox')).toBe('1 the input device is not a TTY\n');
  expect(parseDocker(['run', '-dit', 'busybox']).type).toBe('run');
  expect(parseDocker(['run', '-t', 'busybox']).type).toBe('run');
});

test('create and pull tell of a bad image name in their own way', () => {
  const words = 'invalid reference format: repository name (library/Bad) must be lowercase';
  expect(error('create', 'Bad')).toBe(`1 ${words}\n`);
  expect(error('pull', 'Bad')).toBe(`1 ${words}\n`);
  expect(error('run', '')).toBe("125 docker: invalid reference format.\nSee 'docker run --help'.\n");
});

test('the help flag, its old letter, and docker help agree', () => {
  const help = parseDocker(['ps', '--help']);
  expect(help).toMatchObject({ type: 'help', to: 'stdout' });
  expect(parseDocker(['help', 'ps'])).toEqual(help);
  const old = parseDocker(['ps', '-h']);
  expect(old.type === 'help' && help.type === 'help' && old.text).toBe(
    `Flag shorthand -h has been deprecated, please use --help\n${help.type === 'help' ? help.text : ''}`,
  );
  expect(error('help', 'nosuch')).toBe('1 unknown help topic: nosuch\n');
  expect(error('help', 'ps', 'more')).toBe('1 unknown help topic: more\n');
  const whole = parseDocker(['--help']);
  expect([parseDocker(['help']), parseDocker(['nosuch', '--help']), parseDocker(['--help', 'nosuch'])]).toEqual([
    whole,
    whole,
    whole,
  ]);
  expect(parseDocker(['-h'])).toMatchObject({ aside: 'Flag shorthand -h has been deprecated, please use --help\n' });
});

test('docker run -h names the host', () => {
  expect(stringFlag(parsed('run', '-h', 'box', 'busybox').flags, 'hostname')).toBe('box');
});

test('a group alone shows its help on stderr; an unknown word in it does so with exit code 1', () => {
  const group = parseDocker(['container']);
  expect(group).toMatchObject({ type: 'help', to: 'stderr' });
  const text = group.type === 'help' ? group.text : '';
  expect(text).toMatch(/^\nUsage: {2}docker container COMMAND\n/);
  expect(error('container', 'nosuch')).toBe(`1 ${text}`);
  // Nobody has hidden there what is of a swarm.
  expect(error('volume', 'nosuch')).toContain('\n  update      Update a volume (cluster volumes only)\n');
  expect(parseDocker(['volume', '--help'])).not.toMatchObject({ text: expect.stringContaining('  update ') as string });
  const deprecated = 'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n';
  expect(parseDocker(['builder'])).toMatchObject({ text: expect.stringContaining(deprecated) as string });
  expect(error('builder', 'nosuch')).toContain(`1 ${deprecated}`);
  expect(parseDocker(['builder', '--help'])).not.toMatchObject({ text: expect.stringContaining(deprecated) as string });
  expect(error('container', '--foo', 'ls')).toBe(`125 unknown flag: --foo\nSee 'docker container --help'.\n${text}\n`);
});

test('the flags of docker itself stand before the command', () => {
  const address = 'unix:///tmp/nosuch.sock';
  expect(parsed('-H', address, 'ps').globals.values.get('host')).toEqual([address]);
  expect(error('ps', '-H', address)).toContain("unknown shorthand flag: 'H' in -H");
  expect(error('-l', 'loud', 'ps')).toBe('1 Unable to parse logging level: loud\n');
  expect(parsed('-v', 'ps').command).toBe('container ls');
  expect(parseDocker(['-v'])).toEqual({ type: 'help', text: versionLine, to: 'stdout' });
});

test('an error of the daemon is told by docker run with exactly one full stop', () => {
  expect(runError('run', 'Error response from daemon: network nosuch not found.', false).text).toBe(
    'docker: Error response from daemon: network nosuch not found.\n',
  );
});
