import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
const socket = 'unix:///var/run/docker.sock';
const json =
  `{"Name":"default","Description":"Current DOCKER_HOST based configuration","DockerEndpoint":"${socket}",` +
  '"Current":true,"Error":"","ContextType":"moby"}\n';
const inspected = (address: string) => `[
    {
        "Name": "default",
        "Metadata": {},
        "Endpoints": {
            "docker": {
                "Host": "${address}",
                "SkipTLSVerify": false
            }
        },
        "TLSMaterial": {},
        "Storage": {
            "MetadataPath": "\\u003cIN MEMORY\\u003e",
            "TLSPath": "\\u003cIN MEMORY\\u003e"
        }
    }
]
`;

test.each([
  [
    'ls',
    `NAME        DESCRIPTION                               DOCKER ENDPOINT               ERROR\ndefault *   Current DOCKER_HOST based configuration   ${socket}   \n`,
  ],
  ['ls -q', 'default\n'],
  ['ls --format json', json],
  ["ls --format '{{json .}}'", json],
  ["ls --format '{{.Name}} {{.Current}}'", 'default true\n'],
  ['show', 'default\n'],
  ['inspect', inspected(socket)],
  ['inspect default', inspected(socket)],
  [
    "inspect -f '{{.Name}} {{json .}}'",
    `default {"Name":"default","Metadata":{},"Endpoints":{"docker":{"Host":"${socket}","SkipTLSVerify":false}},"TLSMaterial":{},"Storage":{"MetadataPath":"<IN MEMORY>","TLSPath":"<IN MEMORY>"}}\n`,
  ],
])('docker context %s', (command, stdout) => {
  expect(host.run(`docker context ${command}`)).toEqual({ exitCode: 0, stdout, stderr: '' });
});

test('DOCKER_HOST and -H are the default context', () => {
  const address = 'tcp://127.0.0.1:5';
  const listed = host.run(`DOCKER_HOST=${address} docker context ls`);
  expect(listed.stdout).toContain(`default *   Current DOCKER_HOST based configuration   ${address}   \n`);
  expect(listed.stderr).toBe(
    'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global ' +
      '--context flag, or unset DOCKER_HOST environment variable.\n',
  );
  expect(host.run(`docker -H ${address} context inspect`)).toEqual({
    exitCode: 0,
    stdout: inspected(address),
    stderr: '',
  });
});

// Asked of 26.1.5.
test('one that is asked for and is not there is shown as current, and cannot be reached', () => {
  const missing =
    'context "nope": context not found: open /root/.docker/contexts/meta/' +
    'ca3704aa0b06f5954c79ee837faa152d84d6b2d42838f0637a15eda8337dbdce/meta.json: no such file or directory\n';
  expect(host.run('DOCKER_CONTEXT=nope docker context ls').stdout).toBe(
    'NAME      DESCRIPTION                               DOCKER ENDPOINT               ERROR\n' +
      `default   Current DOCKER_HOST based configuration   ${socket}   \n` +
      'nope *                                                                            ' +
      'context "nope": context not found: open /roo…\n',
  );
  expect(host.run('docker -c nope context show').stdout).toBe('nope\n');
  expect(host.run('docker -c nope context inspect')).toEqual({ exitCode: 1, stdout: '[]\n', stderr: missing });
  expect(host.run('docker -c nope context use default')).toEqual({
    exitCode: 0,
    stdout: 'default\n',
    stderr: 'Current context is now "default"\n',
  });
  expect(host.run('docker context use nope')).toEqual({ exitCode: 1, stdout: '', stderr: missing });
  expect(host.run('docker -c nope ps').stderr).toBe(
    `Failed to initialize: unable to resolve docker endpoint: ${missing}`,
  );
});

test('of other contexts there is none', () => {
  const missing =
    'context "foo": context not found: open /root/.docker/contexts/meta/' +
    '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae/meta.json: no such file or directory\n';
  expect(host.run('docker context inspect foo')).toEqual({ exitCode: 1, stdout: '[]\n', stderr: missing });
  expect(host.run('docker context inspect foo default')).toEqual({
    exitCode: 1,
    stdout: inspected(socket),
    stderr: missing,
  });
});
