/** The builtins' names: `type` asks for them, and the table of builtins is typed by them. */

export const specials = [
  ':',
  '.',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'local',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
] as const;
export const regulars = [
  'alias',
  'bg',
  'cd',
  'command',
  'echo',
  'false',
  'fg',
  'getopts',
  'hash',
  'jobs',
  'kill',
  'printf',
  'pwd',
  'read',
  'test',
  '[',
  'true',
  'type',
  'ulimit',
  'umask',
  'unalias',
  'wait',
] as const;

export type BuiltinName = (typeof specials)[number] | (typeof regulars)[number];
export const specialNames: ReadonlySet<string> = new Set(specials);
export const builtinNames: ReadonlySet<string> = new Set([...specials, ...regulars]);
