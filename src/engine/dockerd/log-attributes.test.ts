import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost(['busybox']);

test.each([
  ['tag={{', 'template: log-tag:1: unclosed action'],
  [
    'tag={{.Nope}}',
    'template: log-tag:1:2: executing "log-tag" at <.Nope>: can\'t evaluate field Nope in type *logger.Info',
  ],
  ['labels-regex=[', 'error parsing regexp: missing closing ]: `[`'],
  ['labels-regex=(', 'error parsing regexp: missing closing ): `(`'],
  ['env-regex=a)', 'error parsing regexp: unexpected ): `a)`'],
  ['env-regex=*', 'error parsing regexp: missing argument to repetition operator: `*`'],
])('--log-opt %s is found wrong at the start', (option, words) => {
  expect(host.run(`docker run --rm --log-opt '${option}' busybox echo hi`)).toEqual({
    exitCode: 125,
    stdout: '',
    stderr:
      'docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: ' +
      `${words}.\n`,
  });
});

test('a container whose log cannot begin stays created, with the reason', () => {
  host.run("docker create --name bad --log-opt 'tag={{' busybox; docker start bad");

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' bad").stdout).toBe(
    'created 128 failed to create task for container: failed to initialize logging driver: ' +
      'template: log-tag:1: unclosed action\n',
  );
});

test('labels, variables and a tag stand in each line of the log, and docker logs --details shows them', () => {
  const chosen =
    "--log-opt labels=l,m --log-opt labels-regex=^x --log-opt env=E --log-opt tag='{{.Name}}/{{.ImageName}}'";
  host.run(
    `docker run --name told --label l=1 --label xy='2,3&4' --label no=5 -e E=a=b -e F=6 ${chosen} busybox echo hi`,
  );

  expect(host.run('docker logs --details told').stdout).toBe('E=a%3Db,l=1,tag=told%2Fbusybox,xy=2%2C3%264 hi\n');
  expect(host.run('docker logs told').stdout).toBe('hi\n');
  expect(host.run("cat /var/lib/docker/containers/$(docker inspect -f '{{.Id}}' told)/*-json.log").stdout).toMatch(
    /^\{"log":"hi\\n","stream":"stdout","attrs":\{"E":"a=b","l":"1","tag":"told\/busybox","xy":"2,3\\u00264"\},"time":/,
  );
});

test.each([
  ['{{.ID}}', /^tag=[\da-f]{12} hi$/],
  ['{{.ImageID}}', /^tag=sha256%3A[\da-f]{5} hi$/],
  ['{{.Command}}', /^tag=echo\+hi hi$/],
  ['{{.ContainerName}}', /^tag=%2Ftt hi$/],
  ['{{.ContainerArgs}}', /^tag=%5Bhi%5D hi$/],
  ['{{json .Config}}', /^tag=%7B%22tag%22%3A%22%7B%7Bjson\+\.Config%7D%7D%22%7D hi$/],
  ['{{.Hostname}}', /^tag=glassdock hi$/],
  ['{{.DaemonName}}', /^tag=docker hi$/],
])('the tag %s', (template, line) => {
  host.run(`docker rm tt; docker run --name tt --log-opt tag='${template}' busybox echo hi`);

  expect(host.run('docker logs --details tt').stdout.trim()).toMatch(line);
});
