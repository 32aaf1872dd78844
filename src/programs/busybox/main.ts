/** busybox: one binary under many names, which runs the applet that it is called by. */
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { ashMain } from '../sh/main.ts';
import type { Applets } from '../sh/shell.ts';
import { appletTable } from './applets.ts';

/** The recorded engine's containers ran this one; the shell's banner names it too. */
const version = 'BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1)';

/** What its shell finds before it looks in $PATH (FEATURE_SH_STANDALONE). */
const applets: Applets = { find: (name) => appletTable.get(name) };

/** Runs the applet that argv[0] names, or argv[1] when called `busybox`. 127 when there is none. */
export const busyboxMain: Program = function* (argv, environment): Running {
  const name = nameOf(argv);
  if (name !== 'busybox') return yield* runApplet(name, argv, environment);
  const words = argv.slice(1);
  const [first] = words;
  if (first === undefined || first === '--help') {
    yield* print(usage());
    return 0;
  }
  if (first === '--list') {
    yield* print(
      names()
        .map((each) => `${each}\n`)
        .join(''),
    );
    return 0;
  }
  return yield* runApplet(nameOf(words), words, environment);
};

function nameOf(argv: readonly string[]): string {
  return (argv[0] ?? 'busybox').split('/').at(-1)?.replace(/^-/, '') ?? '';
}

function* runApplet(name: string, argv: readonly string[], environment: Environment): Running {
  const applet = appletTable.get(name);
  if (applet === undefined) {
    yield* complain(name, 'applet not found');
    return 127;
  }
  // The shell executes applets as /proc/self/exe, which would leave the ugly name "exe": busybox sets the applet's.
  yield* sys.setName(name);
  if (name === 'sh' || name === 'ash') return yield* ashMain(applets, argv, environment);
  try {
    return yield* applet.main(argv, environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain(name, errnoWords(error));
    return 1;
  }
}

function names(): readonly string[] {
  return [...appletTable.keys()].toSorted();
}

function usage(): string {
  const lines: string[] = [''];
  for (const [index, name] of names().entries()) {
    const text = index === 0 ? `\t${name}` : name;
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + text.length > 70) lines.push(`\t${name}`);
    else lines[lines.length - 1] = line === '' ? text : `${line}, ${text}`;
  }
  return (
    `${version} multi-call binary.\nBusyBox is copyrighted by many authors between 1998-2015.\n` +
    'Licensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\n' +
    'Usage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\n' +
    '\tBusyBox is a multi-call binary that combines many common Unix\n' +
    '\tutilities into a single executable.  Most people will create a\n' +
    '\tlink to busybox for each function they wish to use and BusyBox\n' +
    '\twill act like whatever it was invoked as.\n\n' +
    `Currently defined functions:\n${lines.join(',\n')}\n`
  );
}
