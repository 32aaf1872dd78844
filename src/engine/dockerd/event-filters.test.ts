/** `docker events --filter`, as moby's daemon/events/filter.go has it. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name c1 -l a=b -l c=d busybox sleep 100000; docker exec c1 true; docker kill c1; sleep 2');
const events = (filters: string): readonly string[] =>
  host.run(`docker events --since 1 --until 0s --format '{{.Type}} {{.Action}}' ${filters}`).stdout.trim().split('\n');

test.each([
  ['--filter event=start --filter event=kill', ['container start', 'container kill']],
  ['--filter event=exec_start', ['container exec_start: true']],
  ['--filter label=a=b --filter label=c --filter event=die', ['container die']],
  ['--filter label=a --filter label=x', ['']],
  ['--filter network=bri', ['network connect', 'network disconnect']],
  ['--filter image=busybox --filter event=start', ['container start']],
  ['--filter daemon=x', ['']],
  ['--filter volume=c1 --filter event=start', ['container start']],
  ['--filter scope=swarm', ['']],
  ['--filter scope=loc', ['']],
  ["--filter '' --filter event=die", ['container die']],
  ['--filter type=network --filter container=c1', ['']],
])('%s', (filters, told) => {
  expect(events(filters)).toEqual(told);
});

test('a template that cannot be followed ends the command with 64', () => {
  const told = host.run("docker events --since 1 --until 0s --format '{{.Nosuch}}'");
  expect([told.exitCode, told.stderr]).toEqual([
    64,
    'Error parsing format: template: :1:2: executing "" at <.Nosuch>: ' +
      "can't evaluate field Nosuch in type *events.Message\n",
  ]);
});

// Asked of 26.1.5: the template is tried on an event of which nothing is known.
test.each([
  ['{{.Actor.Nosuch}}', ':1:8: executing "" at <.Actor.Nosuch>: can\'t evaluate field Nosuch in type events.Actor'],
  ['{{upper .Action}}', ':1:8: executing "" at <.Action>: wrong type for value; expected string; got events.Action'],
  ['{{.Actor.Attributes.name | upper}}', ':1:27: executing "" at <upper>: invalid value; expected string'],
  [
    '{{slice .Actor.ID 0 3}}',
    ':1:2: executing "" at <slice .Actor.ID 0 3>: error calling slice: index out of range: 3',
  ],
])('docker events --format %s fails before the first event', (format, because) => {
  const told = host.run(`docker events --since 1 --until 0s --format '${format}'`);
  expect(told).toMatchObject({ stdout: '', stderr: `Error parsing format: template: ${because}\n`, exitCode: 64 });
});
