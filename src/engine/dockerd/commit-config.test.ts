/** Answers of Docker 26.1.5 to `docker commit --change`. */
import { expect, test } from 'vitest';
import { changedConfig } from './commit-config.ts';

const before = { Env: ['A=1'], Cmd: ['sleep', '1000'] };

test.each([
  ['EXPOSE 80-81/tcp 90/udp', { ExposedPorts: { '80/tcp': {}, '81/tcp': {}, '90/udp': {} } }],
  ['EXPOSE 80:81', { ExposedPorts: { '81/tcp': {} } }],
  ['EXPOSE 80/ "81/TCP"', { ExposedPorts: { '80/tcp': {}, '81/tcp': {} } }],
  ['EXPOSE $NONE', { ExposedPorts: {} }],
  ['ENV A=$A-x B="two words" C=back\\ slash', { Env: ['A=1-x', 'B=two words', 'C=back slash'] }],
  ['ENV A 2 3', { Env: ['A=2 3'] }],
  ['LABEL "a b"=${A:+given}${NO:-other}', { Labels: { 'a b': 'givenother' } }],
  ['CMD', { Cmd: ['/bin/sh', '-c'] }],
  ['CMD a\\\n b', { Cmd: ['/bin/sh', '-c', 'a b'] }],
  ['ENTRYPOINT a', { Cmd: undefined, Entrypoint: ['/bin/sh', '-c', 'a'] }],
  ['CMD ["b"]\n# a comment\nENTRYPOINT ["a"]', { Cmd: ['b'], Entrypoint: ['a'] }],
  ['CMD []', {}],
  ['VOLUME /b /a', { Volumes: { '/a': {}, '/b': {} } }],
  ['WORKDIR ../x', { WorkingDir: '/x' }],
  ['HEALTHCHECK NONE', { Healthcheck: { Test: ['NONE'] } }],
  [
    'HEALTHCHECK --retries=2 --timeout=3s CMD exit 1',
    { Healthcheck: { Test: ['CMD-SHELL', 'exit 1'], Timeout: 3e9, Retries: 2 } },
  ],
  ['ONBUILD RUN x', { OnBuild: ['RUN x'] }],
])('%s', (change, changed) => {
  expect(changedConfig(before, [change])).toEqual({ ...before, ...changed });
});

test.each([
  ['EXPOSE x', 'Invalid containerPort: x'],
  ['EXPOSE 80/foo', 'Invalid proto: foo'],
  ['EXPOSE a:80:81', 'Invalid ip address: a'],
  ['EXPOSE /tcp', 'No port specified: /tcp<empty>'],
  ['ENV A', 'ENV must have two arguments'],
  ['ENV A=1 B', 'Syntax error - can\'t find = in "B". Must be of the form: name=value'],
  ['ENV =x', 'ENV names can not be blank'],
  ['ENV A="b', 'failed to process "\\"b": unexpected end of statement while looking for matching double-quote'],
  ['CMD [1]', 'when using JSON array syntax, arrays must be comprised of strings only'],
  ['VOLUME []', 'VOLUME requires at least one argument'],
  ['HEALTHCHECK foo', 'Unknown type "FOO" in HEALTHCHECK (try CMD)'],
  ['HEALTHCHECK CMD', 'Missing command after HEALTHCHECK CMD'],
  ['HEALTHCHECK --foo=1 CMD x', 'unknown flag: foo'],
  ['ONBUILD ONBUILD x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
  ['ENV B=2\nfOO', 'fOO is not a valid change command'],
  ['#x', 'file with no instructions'],
])('%s is refused', (change, words) => {
  expect(() => changedConfig(before, [change])).toThrow(words);
});
